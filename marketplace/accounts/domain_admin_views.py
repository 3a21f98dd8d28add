"""The decision about a domain that an institution says is its own, under /gestion/: what is known, confirm or refuse."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from marketplace.accounts.email_domains import (
    domain_of_email,
    domain_of_site,
    is_generic_domain,
    is_within_domain,
    looks_like_domain,
    readable_domain,
)
from marketplace.accounts.models import EmailDomain
from marketplace.accounts.own_domains import confirm_domain, refuse_domain
from marketplace.accounts.permissions import signed_in_user
from marketplace.web.admin_lists import badge_cell
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.typography import format_day_short

State = EmailDomain.State
BADGES = {State.ASKED: "wait", State.CONFIRMED: "ok", State.REFUSED: "no"}
Row = dict[str, Any]


class DomainDecisionForm(forms.Form):
    """`seen`: the state on the page that was read; a decision on another one is refused (docs/adr/0017)."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.ChoiceField(
        label=gettext_lazy("Raison, pour refuser"),
        help_text=gettext_lazy("L’institution la lira."),
        choices=EmailDomain.Reason,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, row: EmailDomain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not row.is_confirmed:
            over = EmailDomain.Reason.OVER
            self.fields["reason"].choices = [c for c in EmailDomain.Reason.choices if c[0] != over]


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def domain_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """POST: `decision` confirm or refuse. What is not of the reader's territory does not exist."""
    rows = EmailDomain.objects.curated_by(request.user)
    row = get_object_or_404(rows.select_related("organisation", "asked_by", "decided_by"), pk=pk)
    form = DomainDecisionForm(
        request.POST if request.method == "POST" else None,
        row=row,
        initial={"seen": row.state},
        auto_id="decision_%s",
    )
    refusal = ""
    if request.method == "POST":
        try:
            messages.success(request, _decided(request, row, form))
            return redirect("admin:accounts_emaildomain_change", pk)
        except Refused as why:
            refusal = str(why)
            row.refresh_from_db()
            form = DomainDecisionForm({**form.data.dict(), "seen": row.state}, row=row, auto_id="decision_%s")
    changelist = reverse("admin:accounts_emaildomain_changelist")
    return render_admin_page(
        request,
        "admin/accounts/email_domain.html",
        title=readable_domain(row.domain),
        crumbs=[(capfirst(EmailDomain._meta.verbose_name_plural), changelist)],
        row=row,
        organisation=row.organisation,
        readable=readable_domain(row.domain),
        badge=domain_badge(row),
        known=review_rows(row),
        is_own=row.is_waiting and row.asked_by_id == request.user.pk,
        form=form,
        refusal=refusal,
    )


def _decided(request: HttpRequest, row: EmailDomain, form: DomainDecisionForm) -> str:
    form.is_valid()
    by, seen, words = signed_in_user(request), form.cleaned_data.get("seen", ""), {"domain": row.domain}
    if not seen:
        raise Refused(_("Rechargez la page, puis décidez."))
    if request.POST.get("decision") == "confirm":
        confirm_domain(email_domain=row, by=by, seen=seen)
        return (
            _(
                "%(domain)s est confirmé : les personnes qui y ont une adresse se joignent à l’équipe sans attendre."
            )
            % words
        )
    refuse_domain(email_domain=row, reason=form.cleaned_data.get("reason", ""), by=by, seen=seen)
    return _("%(domain)s est refusé : il ne permet à personne de se joindre à l’équipe.") % words


def domain_badge(row: EmailDomain) -> SafeString:
    return badge_cell(BADGES[State(row.state)], row.get_state_display())


def review_rows(row: EmailDomain) -> list[Row]:
    """For `web/_vis.html`: what the institution says, beside what we know. Indicators, never a proof. Two queries."""
    return [_site(row), _mailbox(row), _people(row), _elsewhere(row)]


def _site(row: EmailDomain) -> Row:
    says, site = _("Le domaine de son site Web"), domain_of_site(row.organisation.website)
    if not site:
        return _row("none", says, _("Nous n’avons pas son site."), _("Cherchez-le, puis comparez."))
    if is_within_domain(row.domain, site) or is_within_domain(site, row.domain):
        return _row("full", says, _("Le même."), site)
    if looks_like_domain(row.domain, site):
        return _row("none", says, _("Il y ressemble, mais c’en est un autre : méfiez-vous."), site)
    return _row("part", says, _("Un autre."), site)


def _mailbox(row: EmailDomain) -> Row:
    says, known = _("Le domaine de son adresse publique"), domain_of_email(row.organisation.email)
    if not known or is_generic_domain(known):
        return _row("none", says, _("Nous n’avons pas d’adresse à son nom."), known)
    if known == row.domain:
        return _row("full", says, _("Le même."), known)
    if looks_like_domain(row.domain, known):
        return _row("none", says, _("Il y ressemble, mais c’en est un autre : méfiez-vous."), known)
    return _row("part", says, _("Un autre."), known)


def _people(row: EmailDomain) -> Row:
    addresses = EmailAddress.objects.filter(verified=True, email__iendswith=f"@{row.domain}")
    n = (
        addresses.filter(user__memberships__organisation=row.organisation_id)
        .values("user")
        .distinct()
        .count()
    )
    found = ngettext(
        "%(n)s membre de l’équipe y a une adresse confirmée.",
        "%(n)s membres de l’équipe y ont une adresse confirmée.",
        n,
    ) % {"n": n}
    if not n:
        return _row(
            "none", _("Des adresses confirmées"), _("Personne de l’équipe n’y a d’adresse confirmée.")
        )
    return _row("full", _("Des adresses confirmées"), found)


def _elsewhere(row: EmailDomain) -> Row:
    says = _("À elle seule")
    others = EmailDomain.objects.filter(domain=row.domain).exclude(organisation=row.organisation_id)
    n = others.exclude(state=State.REFUSED).values("organisation").distinct().count()
    if not n:
        return _row("part", says, _("Aucune autre institution ne le demande ici."))
    found = ngettext(
        "%(n)s autre institution le demande ou l’a déjà.",
        "%(n)s autres institutions le demandent ou l’ont déjà.",
        n,
    ) % {"n": n}
    return _row("none", says, found)


def _row(verdict: str, asks: str, lead: str, detail: str = "") -> Row:
    return {"verdict": verdict, "asks": asks, "lead": lead, "detail": detail}


def decided_line(row: EmailDomain) -> str:
    """« confirmé le 8 déc. 2026 par Dominique Lemay »; empty while it waits."""
    if row.decided_at is None:
        return ""
    words = {"day": format_day_short(row.decided_at), "who": row.decided_by or _("le système")}
    return _("le %(day)s, par %(who)s") % words
