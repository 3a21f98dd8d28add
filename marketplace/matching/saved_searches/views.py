"""« Mes recherches »: saving one from its list, changing it, pausing it; and the mailed links that stop some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.accounts.consents import has_consent
from marketplace.accounts.models import Consent, User
from marketplace.accounts.permissions import signed_in_user
from marketplace.matching.saved_searches.forms import SavedSearchForm
from marketplace.matching.saved_searches.models import PURPOSE, SavedSearch
from marketplace.matching.saved_searches.sources import SUPPLIERS, Asked, proposed_name
from marketplace.matching.saved_searches.verbs import (
    CONSENT_WORDING,
    change_search,
    delete_search,
    pause_search,
    resume_search,
    save_search,
    stop_searches,
)
from marketplace.matching.slots import MONDAY, MORNING, count_mails, next_slot
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.site import site_page_url
from marketplace.web.typography import format_number

MONTH = timedelta(days=30)
SHOWN = 5
NOTICES = "avis"  # the list whose searches are alerts


@dataclass(frozen=True)
class SearchRow:
    search: SavedSearch
    words: str
    fault: str
    url: str
    next_mail: datetime | None


@dataclass(frozen=True)
class Preview:
    """What the last thirty days would have brought: the latest, how many, and in how many mails by frequency."""

    latest: list[tuple[str, datetime]]
    total: int
    hints: dict[str, str]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def saved_search_list(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    now = timezone.now()
    rows = [
        SearchRow(
            search,
            _words(asked := SUPPLIERS.ask(search.query)),
            _fault(search, asked),
            SUPPLIERS.list_address(search.query),
            next_slot(search.frequency, now) if search.is_running else None,
        )
        for search in SavedSearch.objects.filter(user=user).defer("seen").order_by("-created_at", "-pk")
    ]
    consents = Consent.objects.standing().filter(user=user, purpose=PURPOSE)
    context = {"crumbs": _crumbs(), "rows": rows, "consents": list(consents.order_by("pk"))}
    return render(request, "matching/saved_searches/list.html", context)


@never_cache
@login_required
@limited("saved_search", per_user="60/h")
@require_http_methods(["GET", "HEAD", "POST"])
def save_search_page(request: HttpRequest) -> HttpResponse:
    """From a list: what it asks, what that would have brought, and a form to keep it."""
    user = signed_in_user(request)
    if request.GET.get("liste") == NOTICES:
        asked = request.GET.copy()
        asked.pop("liste")
        return redirect(f"{reverse('matching:new_alert')}?{asked.urlencode()}")
    if request.GET.get("liste") != SUPPLIERS.word:
        return render(request, "matching/saved_searches/nothing.html", {"crumbs": _crumbs(_("Enregistrer"))})
    asked_for = request.GET.copy()
    asked_for.pop("liste")
    asked = SUPPLIERS.ask(asked_for.urlencode())
    preview = preview_of(asked)
    mine = list(SavedSearch.objects.filter(user=user).defer("seen").order_by("name", "pk"))
    form = SavedSearchForm(
        request.POST if request.method == "POST" else None,
        consented=has_consent(user, PURPOSE),
        replaceable=mine,
        hints=preview.hints,
        initial={"name": proposed_name(asked), "frequency": SavedSearch.Frequency.DAILY},
    )
    if request.method == "POST" and form.is_valid():
        try:
            kept = _keep(user, asked, form, mine)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            said = _("C’est noté : « %(name)s » est enregistrée.") % {"name": kept.name}
            messages.success(request, said)
            return redirect("matching:saved_searches")
    context = {
        "crumbs": _crumbs(_("Enregistrer")),
        "form": form,
        "preview": preview,
        "words": _words(asked),
        "ignored": asked.faults,
        "list_url": SUPPLIERS.list_address(asked.query),
    }
    return render(request, "matching/saved_searches/save.html", context)


def _keep(
    user: User,
    asked: Asked,
    form: SavedSearchForm,
    mine: list[SavedSearch],
) -> SavedSearch:
    said = form.cleaned_data
    wording = str(CONSENT_WORDING) if said.get("consent") else ""
    replaced = next((search for search in mine if str(search.pk) == said.get("replaces")), None)
    if replaced is not None:
        changed = change_search(
            search=replaced, name=said["name"], frequency=said["frequency"], query=asked.query, by=user
        )
        return resume_search(search=changed, consent_wording=wording, by=user)
    return save_search(
        user=user,
        query=asked.query,
        name=said["name"],
        frequency=said["frequency"],
        consent_wording=wording,
        by=user,
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved_search_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One of mine: its name and how often; paused, resumed, stopped or deleted by buttons."""
    user = signed_in_user(request)
    search = get_object_or_404(SavedSearch.objects.filter(user=user).select_related("user"), pk=pk)
    asked = SUPPLIERS.ask(search.query)
    preview = preview_of(asked)
    # A button beside the form acts on the search as it is; only « Enregistrer » reads the fields.
    edits = request.method == "POST" and "save" in request.POST
    consented = has_consent(user, PURPOSE)
    form = SavedSearchForm(
        request.POST if edits else None,
        consented=True,
        hints=preview.hints,
        initial={"name": search.name, "frequency": search.frequency},
    )
    if request.method == "POST":
        if not edits:
            return _press(request, search, user)
        if form.is_valid():
            said = form.cleaned_data
            try:
                change_search(search=search, name=said["name"], frequency=said["frequency"], by=user)
            except Refused as why:
                messages.error(request, str(why))
            else:
                messages.success(request, _("C’est noté."))
            return redirect("matching:saved_searches")
    context = {
        "crumbs": _crumbs(search.name),
        "search": search,
        "form": form,
        "preview": preview,
        "words": _words(asked),
        "fault": _fault(search, asked),
        "list_url": SUPPLIERS.list_address(asked.query),
        "consented": consented,
        "consent_wording": CONSENT_WORDING,
    }
    return render(request, "matching/saved_searches/search.html", context)


def _press(request: HttpRequest, search: SavedSearch, user: User) -> HttpResponse:
    name = {"name": search.name}
    try:
        if "pause" in request.POST:
            pause_search(search=search, by=user)
            messages.success(request, _("« %(name)s » est en pause : nous ne vous écrirons plus.") % name)
        elif "resume" in request.POST:
            wording = str(CONSENT_WORDING) if request.POST.get("consent") else ""
            resume_search(search=search, consent_wording=wording, by=user)
            messages.success(request, _("« %(name)s » reprend : nous vous écrirons de nouveau.") % name)
        elif "stop" in request.POST:
            stop_searches(searches=[search], by=user)
            messages.success(request, _("« %(name)s » est arrêtée.") % name)
        elif "delete" in request.POST:
            delete_search(search=search, by=user)
            messages.success(request, _("« %(name)s » est supprimée.") % name)
    except Refused as why:
        messages.error(request, str(why))
        return redirect("matching:saved_search", pk=search.pk)
    return redirect("matching:saved_searches")


def preview_of(asked: Asked) -> Preview:
    """What the search would have sent in the last thirty days, had it been kept then."""
    found = SUPPLIERS.recent(asked, timezone.now() - MONTH)
    moments = [moment for _name, moment in found]
    hints = {}
    for frequency in SavedSearch.Frequency.values:
        n = count_mails(frequency, moments, at=MORNING, weekday=MONDAY)
        hints[frequency] = (
            ngettext("%(n)s courriel ces 30 derniers jours", "%(n)s courriels ces 30 derniers jours", n)
            % {"n": format_number(n)}
            if n
            else _("Aucun courriel ces 30 derniers jours")
        )
    return Preview(found[:SHOWN], len(found), hints)


def _words(asked: Asked) -> str:
    return asked.words or _("Toute la liste, sans filtre")


def _fault(search: SavedSearch, asked: Asked) -> str:
    """Why it is set aside, in the reader's language; as it was told where the list knows the filter again."""
    return search.fault and (" ".join(asked.faults) or search.fault)


def _crumbs(here: str = "") -> list[tuple[str, Any]]:
    index = _("Mes recherches")
    found = [(_("Mon espace"), site_page_url("my_space"))]
    if not here:
        return [*found, (index, "")]
    return [*found, (index, reverse("matching:saved_searches")), (here, "")]
