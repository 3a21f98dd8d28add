"""« Appeler »: one organisation at a time, what came of the call in one press, and the next one follows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from marketplace.accounts.models import User
from marketplace.accounts.people import note_reads
from marketplace.accounts.permissions import signed_in_user
from marketplace.outreach.contact_log.panels import profile_links
from marketplace.outreach.models import Approach, ContactEntry
from marketplace.outreach.pipeline.following import log_call
from marketplace.outreach.pipeline.forms import CallForm
from marketplace.outreach.pipeline.queries import ApproachQuery
from marketplace.outreach.pipeline.views import calls_left
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key

#: In the order of the buttons: (answer, words, style).
ANSWER_BUTTONS = [
    ("no_answer", gettext_lazy("Pas de réponse"), "second"),
    ("message", gettext_lazy("Message laissé"), "second"),
    ("interested", gettext_lazy("Intéressée"), ""),
    ("declined", gettext_lazy("Ne donne pas suite"), "quiet"),
]
LAST = 5


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_page(request: HttpRequest) -> HttpResponse:
    """`?fiche=` calls that one; otherwise the first of the queue, after `?apres=` where someone was passed over."""
    reader, query = signed_in_user(request), ApproachQuery.read(request.GET)
    if request.method == "POST":
        form = CallForm(request.POST, reader=reader)
        row = _row(reader, request.POST.get("approach", ""))
        if row is None:
            messages.warning(request, _("Cette démarche est celle d’un autre pôle. Rien n’a été noté."))
            return redirect(_here(query))
        if form.is_valid():
            try:
                log_call(approach=row, call=form.call, key=form.cleaned_data["key"], by=reader)
            except Refused as why:
                messages.warning(request, str(why))
            else:
                messages.success(request, _noted(row, form.answer))
                return redirect(_here(query))
    else:
        left = list(calls_left(reader, query).values_list("pk", flat=True)[:500])
        row = _row(reader, request.GET.get("fiche", "")) or _next(reader, left, request.GET.get("apres", ""))
        form = CallForm(reader=reader, approach=row)
    if row is None:
        return render_admin_page(
            request,
            "admin/outreach/call.html",
            title=_("Appeler"),
            crumbs=[(_("Démarchage"), reverse("outreach_admin:board"))],
            row=None,
            query=query,
        )
    organisation = row.organisation
    note_reads(reader=reader, organisations=[organisation.pk], what="outreach.contact_log")
    entries = ContactEntry.objects.visible_to(reader).standing().filter(organisation=organisation)
    return render_admin_page(
        request,
        "admin/outreach/call.html",
        title=_("Appeler"),
        crumbs=[(_("Démarchage"), reverse("outreach_admin:board"))],
        row=row,
        organisation=organisation,
        query=query,
        here=query.address(),
        skip=query.address(apres=str(row.pk)),
        form=form,
        answers=ANSWER_BUTTONS,
        left=calls_left(reader, query).count(),
        entries=list(entries.select_related("by", "next_by", "pole")[:LAST]),
        profiles=profile_links(organisation),
    )


def _noted(row: Approach, answer: str) -> str:
    words = {key: str(label) for key, label, _style in ANSWER_BUTTONS}
    return _("%(name)s : %(what)s. C’est noté.") % {
        "name": row.organisation.name,
        "what": words[answer].lower(),
    }


def _here(query: ApproachQuery) -> str:
    return f"{reverse('outreach_admin:calls')}{query.address()}"


def _row(reader: User, key: str) -> Approach | None:
    if not key.isdecimal() or len(key) > 18:
        return None
    rows: Any = Approach.objects.visible_to(reader).placed()
    return rows.select_related("organisation__mrc", "owner", "pole").filter(pk=int(key)).first()


def _next(reader: User, left: list[int], after: str) -> Approach | None:
    """The first, or the one that follows; after the last, the first again."""
    if not left:
        return None
    passed = read_key(after)
    at = left.index(passed) + 1 if passed in left else 0
    return _row(reader, str(left[at % len(left)]))
