"""« Mes alertes »: asking for one, changing it, pausing it; the page of a mail. GET shows, POST acts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from buyers.filters import TenderFilterSet
from buyers.models import Buyer, Tender
from marketplace.accounts.consents import has_consent
from marketplace.accounts.models import Consent, User
from marketplace.accounts.permissions import signed_in_user
from marketplace.matching.alerts.forms import ANY_FIT, AlertForm, initial_of, new_initial
from marketplace.matching.alerts.models import Alert
from marketplace.matching.alerts.panels import alert_rows, own_suppliers
from marketplace.matching.alerts.pause_days import pause_days
from marketplace.matching.alerts.preview import AlertPreview, preview_alert, with_change
from marketplace.matching.alerts.verbs import (
    CONSENT_WORDING,
    ask_alert,
    change_alert,
    delete_alert,
    pause_alerts,
    resume_alert,
    stop_alerts,
)
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.site import site_page_url
from suppliers.models import Supplier


@never_cache
@login_required
@require_http_methods(["GET", "HEAD"])
def alert_list(request: HttpRequest) -> HttpResponse:
    """All of mine: running, paused, stopped; and what I consented to."""
    user = signed_in_user(request)
    consent = Consent.objects.standing().filter(user=user, purpose=Consent.Purpose.ALERTS).first()
    context = {
        "crumbs": _crumbs(),
        "rows": alert_rows(user),
        "consent": consent,
        "suppliers": own_suppliers(user),
        "reader": getattr(user, "alert_reader", None),
    }
    return render(request, "matching/alerts/list.html", context)


@never_cache
@login_required
@limited("alert", per_user="240/h")
@require_http_methods(["GET", "HEAD", "POST"])
def new_alert_page(request: HttpRequest) -> HttpResponse:
    """An empty form, or one filled from the filters of the list of notices; « Aperçu » shows, « Enregistrer » keeps."""
    user = signed_in_user(request)
    initial, ignored = _from_list(request.GET)
    return _alert_form(request, user, None, initial, ignored)


@never_cache
@login_required
@limited("alert", per_user="240/h")
@require_http_methods(["GET", "HEAD", "POST"])
def alert_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One of mine. A button beside the form acts on the alert as it is; only the form's own read the fields."""
    user = signed_in_user(request)
    alert = get_object_or_404(_mine(user), pk=pk)
    if request.method == "POST" and not {"save", "preview", "change"} & set(request.POST):
        return _press(request, alert, user)
    return _alert_form(request, user, alert, initial_of(alert), [])


def _alert_form(
    request: HttpRequest, user: User, alert: Alert | None, initial: dict[str, Any], ignored: list[str]
) -> HttpResponse:
    suppliers = own_suppliers(user)
    options: dict[str, Any] = {
        "suppliers": suppliers,
        "alert": alert,
        "consented": has_consent(user, Consent.Purpose.ALERTS) if alert is None else True,
    }
    data = request.POST if request.method == "POST" else None
    if data is not None and "change" in data:
        data = with_change(data, data["change"])
    if alert is None:
        initial = {**new_initial(suppliers), **initial}
    form = AlertForm(data, initial=initial, **options)
    shown: Alert | None = alert
    if data is not None:
        is_valid = form.is_valid()
        if is_valid and "save" in data:
            try:
                kept = _keep(user, alert, form)
            except Refused as why:
                form.add_error(None, str(why))
            else:
                messages.success(
                    request, _("C’est noté : l’alerte « %(name)s » est enregistrée.") % {"name": kept.label}
                )
                return redirect("matching:alert_list")
        if not set(form.errors) - {"consent", "__all__"}:
            shown = form.profile().written_on(Alert(user=user, supplier=form.supplier_of(alert)))
            if "save" not in data:
                form.errors.clear()  # « Aperçu » asks for no consent yet
        else:
            shown = None
    elif alert is None:
        shown = _unsaved(user, suppliers, initial)
    if shown is not None and (
        shown.is_of_a_former_member(user) or (shown.minimum_fit is None and not shown.is_narrow)
    ):
        shown = None
    preview: AlertPreview | None = preview_alert(shown) if shown else None
    if preview is not None:
        form.fields["frequency"].hints = preview.hints
    context = {
        "crumbs": _crumbs(alert.label if alert else _("Nouvelle alerte")),
        "form": form,
        "alert": alert,
        "preview": preview,
        "ignored": ignored,
        "today": timezone.localdate(),
        "consented": has_consent(user, Consent.Purpose.ALERTS) if alert else True,
        "consent_wording": CONSENT_WORDING,
        "opened": bool({"amount_from", "amount_to", "buyers", "methods", "languages"} & _filled(form)),
    }
    return render(request, "matching/alerts/edit.html", context)


def _filled(form: AlertForm) -> set[str]:
    return {field.name for field in form if field.value() not in (None, "", [])} | set(form.errors)


def _unsaved(user: User, suppliers: list[Supplier], initial: dict[str, Any]) -> Alert | None:
    """The preview of a form that nobody has sent yet."""
    form = AlertForm(initial, suppliers=suppliers, consented=True)
    if not form.is_valid():
        return None
    return form.profile().written_on(Alert(user=user, supplier=form.supplier_of(None)))


def _keep(user: User, alert: Alert | None, form: AlertForm) -> Alert:
    if alert is not None:
        return change_alert(alert=alert, profile=form.profile(), by=user)
    return ask_alert(
        user=user,
        supplier=form.supplier_of(None),
        profile=form.profile(),
        consent_wording=str(CONSENT_WORDING) if form.cleaned_data.get("consent") else "",
        by=user,
    )


def _press(request: HttpRequest, alert: Alert, user: User) -> HttpResponse:
    name = {"name": alert.label}
    try:
        if "pause" in request.POST:
            first, last = pause_days(request.POST)
            pause_alerts(alerts=[alert], paused_from=first, paused_until=last, by=user)
            messages.success(
                request, _("« %(name)s » est en pause. Ce qui paraît entretemps est gardé.") % name
            )
        elif "resume" in request.POST:
            wording = str(CONSENT_WORDING) if request.POST.get("consent") else ""
            resume_alert(alert=alert, consent_wording=wording, by=user)
            messages.success(request, _("« %(name)s » reprend : nous vous écrirons de nouveau.") % name)
        elif "stop" in request.POST:
            stop_alerts(alerts=[alert], by=user)
            messages.success(request, _("« %(name)s » est arrêtée.") % name)
        elif "delete" in request.POST:
            delete_alert(alert=alert, by=user)
            messages.success(request, _("« %(name)s » est supprimée.") % name)
    except Refused as why:
        messages.error(request, str(why))
        return redirect("matching:alert", pk=alert.pk)
    return redirect("matching:alert_list")


def _from_list(asked: QueryDict) -> tuple[dict[str, Any], list[str]]:
    """The filters of the list of notices as an alert asks them; what no alert can ask is said."""
    if not asked:
        return {}, []
    filters = TenderFilterSet(asked, Tender.objects.all(), is_french=True)
    query = filters.query
    ignored = list(filters.messages)
    if query["closes_before"]:
        ignored.append(_("La date de clôture n’est pas gardée : une alerte cherche les avis à venir."))
    found = {
        "name": query["q"][:80],
        "words": query["q"],
        "regions": list(query["region"] or ()),
        "codes": ", ".join(query["offer"] or ()),
        "methods": list(query["method"] or ()),
        "minimum_fit": ANY_FIT,
    }
    if (
        buyer := Buyer.objects.known()
        .filter(slug=asked.get("acheteur", ""))
        .select_related("organisation")
        .first()
    ):
        found["buyers"] = found["name"] = buyer.organisation.name
    return found, ignored


def _mine(user: User) -> Any:
    rows = Alert.objects.filter(user=user).select_related("user", "supplier__organisation")
    return rows.annotate(waiting=Count("pending"))


def _crumbs(here: str = "") -> list[tuple[str, Any]]:
    index = _("Mes alertes")
    found = [(_("Mon espace"), site_page_url("my_space"))]
    if not here:
        return [*found, (index, "")]
    return [*found, (index, reverse("matching:alert_list")), (here, "")]
