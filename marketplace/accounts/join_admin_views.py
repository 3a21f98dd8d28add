"""The decision about a request to join, under /gestion/: the page of one with what is known beside it, and its POST."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.join_undoing import undo_join_decision, why_join_stays
from marketplace.accounts.joining import accept_join_request, refuse_join_request
from marketplace.accounts.models import JoinRequest, Membership
from marketplace.accounts.own_domains import clean_domains
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.personal_data import record_personal_data_read
from marketplace.web.admin_lists import badge_cell
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.typography import format_hour, format_since_days

BADGES = {
    JoinRequest.State.OPEN: "wait",
    JoinRequest.State.ACCEPTED: "ok",
    JoinRequest.State.REFUSED: "no",
    JoinRequest.State.WITHDRAWN: "plain",
}
NEIGHBOURS = 12
OTHERS = 10


class JoinDecisionForm(forms.Form):
    """What staff say; the button says what they decide."""

    role = forms.ChoiceField(
        label=gettext_lazy("Rôle"),
        choices=[
            (Membership.Role.OWNER, gettext_lazy("Responsable")),
            (Membership.Role.EDITOR, gettext_lazy("Membre")),
        ],
        required=True,
        widget=forms.RadioSelect,
    )
    end_others = forms.BooleanField(
        label=gettext_lazy("Fermer aussi les autres demandes sur cette fiche"),
        help_text=gettext_lazy("Ces personnes sauront qu’elles peuvent demander une invitation."),
        required=False,
        initial=True,
    )
    email_domains = forms.CharField(
        label=gettext_lazy("Domaines de courriel"),
        help_text=gettext_lazy(
            "Seulement un domaine propre à l’institution, vérifié sur son site officiel : les personnes qui y ont une"
            " adresse se joindront à l’équipe sans attendre. Jamais celui d’un fournisseur Internet. Laissez vide dans le doute."
        ),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    answer = forms.CharField(
        label=gettext_lazy("Message à la personne"),
        help_text=gettext_lazy("Pour refuser, dites ce qui manque. Le message part en votre nom."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"class": "inp", "rows": 5}),
    )

    def __init__(
        self, *args: Any, join_request: JoinRequest, others_wait: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id="decision_%s", **kwargs)
        if not join_request.is_selling or not others_wait:
            del self.fields["end_others"]
        if join_request.is_selling or join_request.organisation.institution_verified_on:
            del self.fields["email_domains"]


@staff_member_required
@require_safe
def join_request_decision_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what the person says, what is known, the decision beside it. Who read it is recorded."""
    return _decision_page(request, _curated_request(request, pk))


@staff_member_required
@require_POST
def decide_join_request(request: HttpRequest, pk: int) -> HttpResponse:
    """POST of the aside: `decision` accept or refuse. Refused, the page again with what was typed."""
    asked = _curated_request(request, pk)
    form = JoinDecisionForm(request.POST, join_request=asked)
    form.is_valid()
    try:
        done = _decide(request, asked, form.cleaned_data)
    except Refused as why:
        return _decision_page(request, _curated_request(request, pk), form=form, refusal=str(why))
    undo = reverse("accounts_admin:undo_join", args=[asked.pk])
    said = format_html(
        '{} {} <a href="{}">{}</a>', done, leaving_sentence(timezone.now()), undo, _("Annuler")
    )
    messages.success(request, said)
    return redirect("admin:accounts_joinrequest_change", asked.pk)


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def undo_join_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What undoing the decision takes back, then the request to be decided again."""
    asked = _curated_request(request, pk)
    refusal = why_join_stays(asked)
    if request.method == "POST":
        try:
            undo_join_decision(
                join_request=asked, by=signed_in_user(request), message=request.POST.get("message", "")[:2000]
            )
        except Refused as why:
            refusal = str(why)
        else:
            messages.success(request, _("Décision annulée : la demande attend de nouveau."))
            return redirect("admin:accounts_joinrequest_change", pk)
    page = reverse("admin:accounts_joinrequest_change", args=[pk])
    return render_admin_page(
        request,
        "admin/accounts/undo_join.html",
        title=_("Annuler une décision"),
        crumbs=[(asked.organisation.name, page)],
        asked=asked,
        page=page,
        refusal=refusal,
        letters=leaving_sentence(asked.decided_at) if asked.decided_at else "",
        others=len(asked.before.get("ended", [])) + len(asked.before.get("let_in", [])),
    )


def leaving_sentence(decided_at: datetime) -> str:
    """« Le courriel partira à 14 h 32; vous pouvez encore annuler. », or that it has left."""
    leaves_at = decided_at + timedelta(seconds=settings.DECISION_HOLD_SECONDS)
    if leaves_at <= timezone.now():
        return _("Le courriel est déjà parti : son destinataire sera prévenu de l’annulation.")
    return _("Le courriel partira à %(hour)s; vous pouvez encore annuler.") % {"hour": format_hour(leaves_at)}


def _curated_request(request: HttpRequest, pk: int) -> JoinRequest:
    """What is not of the reader's territory does not exist."""
    rows = JoinRequest.objects.curated_by(request.user)
    return get_object_or_404(rows.select_related("organisation", "user", "evidence", "decided_by"), pk=pk)


def _decide(request: HttpRequest, asked: JoinRequest, said: dict[str, Any]) -> str:
    by, answer = signed_in_user(request), said.get("answer", "")
    if request.POST.get("decision") != "accept":
        refuse_join_request(join_request=asked, by=by, answer=answer)
        return _("Demande refusée, réponse envoyée à %(who)s.") % {"who": asked.user}
    domains = clean_domains(said["email_domains"]) if "email_domains" in said else None
    accept_join_request(
        join_request=asked,
        by=by,
        role=said.get("role", ""),
        email_domains=domains,
        answer=answer,
        end_others=bool(said.get("end_others")),
    )
    words = {"who": asked.user, "name": asked.organisation.name}
    if asked.is_selling:
        return _("%(who)s gère maintenant la fiche : %(name)s.") % words
    return _("%(who)s agit maintenant pour : %(name)s.") % words


def _decision_page(
    request: HttpRequest, asked: JoinRequest, *, form: JoinDecisionForm | None = None, refusal: str = ""
) -> HttpResponse:
    organisation, reader = asked.organisation, signed_in_user(request)
    record_personal_data_read(reader=reader, organisation=organisation, what="accounts.join_request")
    members = Membership.objects.filter(organisation=organisation).select_related("user")
    holders = list(members.order_by("created_at"))
    rows = JoinRequest.objects.filter(organisation=organisation, side=asked.side).exclude(pk=asked.pk)
    others = list(rows.select_related("user").order_by("-created_at")[:OTHERS])
    queue = JoinRequest.objects.curated_by(reader).open().select_related("organisation")
    changelist = reverse("admin:accounts_joinrequest_changelist")
    return render_admin_page(
        request,
        "admin/accounts/join_request.html",
        title=organisation.name,
        crumbs=[(capfirst(JoinRequest._meta.verbose_name_plural), changelist)],
        asked=asked,
        organisation=organisation,
        neq=organisation.neq or asked.claimed_neq,
        is_own=asked.user_id == reader.pk,
        is_first=not asked.is_selling and not organisation.institution_verified_on,
        badge=join_request_badge(asked),
        holders=holders,
        others=others,
        neighbours=[
            (row, format_since_days(row.created_at)) for row in queue.order_by("created_at")[:NEIGHBOURS]
        ],
        decision_form=form or _empty_form(asked, holders, others),
        refusal=refusal,
        may_undo=not asked.is_open and not why_join_stays(asked),
    )


def _empty_form(asked: JoinRequest, holders: list[Membership], others: list[JoinRequest]) -> JoinDecisionForm:
    has_owner = any(holder.role == Membership.Role.OWNER for holder in holders)
    return JoinDecisionForm(
        join_request=asked,
        others_wait=any(other.is_open for other in others),
        initial={
            "role": Membership.Role.EDITOR if has_owner else Membership.Role.OWNER,
        },
    )


def join_request_badge(asked: JoinRequest) -> SafeString:
    return badge_cell(BADGES[JoinRequest.State(asked.state)], asked.get_state_display())
