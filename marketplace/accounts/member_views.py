"""The people of an organisation. GET only shows; POST acts, and each step that cannot be undone is asked first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts.invitations import (
    BEFORE_REVIEW,
    accept_own_invitation,
    decline_invitation,
    invitations_for,
    invitations_left,
)
from marketplace.accounts.members import (
    cancel_invitation,
    change_member_role,
    hand_over_organisation,
    invite_member,
    leave_organisation,
    remove_member,
    resend_invitation,
)
from marketplace.accounts.models import Invitation, Membership, Organisation, User
from marketplace.accounts.permissions import (
    can_curate_organisation,
    can_invite_member,
    signed_in_user,
)
from marketplace.accounts.personal_data import record_personal_data_read
from marketplace.web.admin_history import HistoryLine
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key
from marketplace.web.limits import limited
from marketplace.web.site import site_page_url


class InviteForm(forms.Form):
    """An address and what it will be allowed to do."""

    email = forms.EmailField(
        label=gettext_lazy("Courriel"),
        error_messages={
            "required": gettext_lazy("Écrivez le courriel de la personne."),
            "invalid": gettext_lazy("Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca."),
        },
        widget=forms.EmailInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Rôle"),
        choices=[
            (Membership.Role.EDITOR, gettext_lazy("Membre")),
            (Membership.Role.OWNER, gettext_lazy("Responsable")),
        ],
        initial=Membership.Role.EDITOR,
        error_messages={"required": gettext_lazy("Choisissez un rôle.")},
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].hints = {
            Membership.Role.EDITOR: _("Agit pour l’organisation."),
            Membership.Role.OWNER: _("S’occupe aussi des membres."),
        }


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitation", per_ip="60/h", per_user="30/h")
def members_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who acts for the organisation; owners and the pôle invite here."""
    organisation, reader = _organisation(request, pk), signed_in_user(request)
    people = team_rows(organisation, reader)
    owns = any(person.is_reader and person.is_owner for person in people)
    may_manage = owns or can_curate_organisation(reader, organisation)
    form = InviteForm(request.POST or None, auto_id="invite_%s")
    if request.method == "POST":
        if not may_manage:
            messages.error(
                request, _("Seule une personne responsable de l’organisation s’occupe des membres.")
            )
            return redirect("accounts:members", pk=pk)
        if form.is_valid():
            try:
                invite_member(organisation=organisation, by=reader, **form.cleaned_data)
            except Refused as why:
                form.add_error("email", str(why))
            else:
                messages.success(
                    request,
                    _("Une invitation est envoyée à %(email)s.") % {"email": form.cleaned_data["email"]},
                )
                return redirect("accounts:members", pk=pk)
    is_member = any(person.is_reader for person in people)
    if not is_member:
        record_personal_data_read(reader=reader, organisation=organisation, what="accounts.members")
    context = {
        "organisation": organisation,
        "people": people,
        "is_member": is_member,
        "owns": owns,
        "may_manage": may_manage,
        "invitations": unaccepted_invitations(organisation) if may_manage else [],
        "lines": team_history(organisation),
        "form": form,
        "waits_for_review": organisation.awaits_review and not can_curate_organisation(reader, organisation),
        "before_review": BEFORE_REVIEW,
        "left": invitations_left(organisation, reader) if may_manage else 0,
        "Role": Membership.Role,
    }
    return render(request, "accounts/members.html", context)


@login_required
@require_POST
@limited("invitation", per_ip="60/h", per_user="30/h")
def change_team(request: HttpRequest, pk: int) -> HttpResponse:
    """What a button of the page does at once: a role, an invitation sent again or withdrawn."""
    organisation, reader = _organisation(request, pk), signed_in_user(request)
    try:
        messages.success(request, _changed(request, organisation, reader))
    except Refused as why:
        messages.error(request, str(why))
    return redirect("accounts:members", pk=pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave_team(request: HttpRequest, pk: int) -> HttpResponse:
    """« Quitter »: says what goes and what stays, asks for the password, then acts."""
    organisation, reader = _organisation(request, pk), signed_in_user(request)
    if organisation.pk not in reader.organisation_ids:
        raise Http404
    if request.method == "POST":
        return _leave(request, organisation, reader)
    return _ask(request, organisation, step="leave")


@reauthentication_required
def _leave(request: HttpRequest, organisation: Organisation, reader: User) -> HttpResponse:
    try:
        leave_organisation(organisation=organisation, by=reader)
    except Refused as why:
        messages.error(request, str(why))
        return redirect("accounts:members", pk=organisation.pk)
    messages.success(request, _("Vous n’agissez plus pour %(name)s.") % {"name": organisation.name})
    return redirect(site_page_url("my_space"))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_from_team(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    """« Retirer » someone else."""
    organisation, reader = _organisation(request, pk), signed_in_user(request)
    person = _membership(organisation, membership)
    if not can_invite_member(reader, organisation):
        raise Http404
    if request.method == "POST":
        try:
            remove_member(membership=person, by=reader)
        except Refused as why:
            messages.error(request, str(why))
        else:
            messages.success(
                request,
                _("%(who)s n’agit plus pour %(name)s.") % {"who": person.user, "name": organisation.name},
            )
        return redirect("accounts:members", pk=pk)
    return _ask(request, organisation, step="remove", person=person)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_team(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    """« Céder mon rôle de responsable » to a colleague; asks for the password."""
    organisation, reader = _organisation(request, pk), signed_in_user(request)
    person = _membership(organisation, membership)
    if not reader.memberships.filter(organisation=organisation, role=Membership.Role.OWNER).exists():
        raise Http404
    if request.method == "POST":
        return _hand_over(request, organisation, person, reader)
    return _ask(request, organisation, step="hand_over", person=person)


@reauthentication_required
def _hand_over(
    request: HttpRequest, organisation: Organisation, person: Membership, reader: User
) -> HttpResponse:
    try:
        hand_over_organisation(organisation=organisation, to=person, by=reader)
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(
            request,
            _("%(who)s a maintenant le rôle de responsable : %(name)s.")
            % {"who": person.user, "name": organisation.name},
        )
    return redirect("accounts:members", pk=organisation.pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """An invitation to one's own confirmed address, from Mon espace."""
    reader = signed_in_user(request)
    found = get_object_or_404(invitations_for(reader).select_related("organisation", "invited_by"), pk=pk)
    if request.method == "POST":
        try:
            if "decline" in request.POST:
                decline_invitation(invitation=found, by=reader)
                messages.success(request, _("Vous avez refusé l’invitation."))
                return redirect(site_page_url("my_space"))
            membership = accept_own_invitation(invitation=found, by=reader)
        except Refused as why:
            messages.error(request, str(why))
            return redirect(site_page_url("my_space"))
        messages.success(
            request, _("Vous agissez maintenant pour %(name)s.") % {"name": membership.organisation.name}
        )
        return redirect(site_page_url("my_space"))
    return render(request, "accounts/own_invitation.html", {"invitation": found, "Role": Membership.Role})


def _changed(request: HttpRequest, organisation: Organisation, reader: User) -> str:
    action = request.POST.get("action", "")
    number = read_key(request.POST.get("id", ""))
    if action == "role":
        person = _membership(organisation, number)
        if request.POST.get("seen") != person.role:
            raise Refused(
                _("Le rôle a changé entretemps : %(who)s, %(role)s. Rien n’a été fait.")
                % {"who": person.user, "role": person.get_role_display()}
            )
        change_member_role(membership=person, role=request.POST.get("role", ""), by=reader)
        return _("Rôle changé : %(who)s.") % {"who": person.user}
    if action not in ("resend", "cancel"):
        raise Refused
    invitation = Invitation.objects.filter(
        organisation=organisation, pk=number, accepted_at__isnull=True
    ).first()
    if invitation is None:
        raise Refused(_("Cette invitation n’est plus valable."))
    if action == "resend":
        resend_invitation(invitation=invitation, by=reader)
        return _("Un nouveau lien est envoyé à %(email)s.") % {"email": invitation.email}
    cancel_invitation(invitation=invitation, by=reader)
    return _("L’invitation à %(email)s est retirée.") % {"email": invitation.email}


def _ask(
    request: HttpRequest, organisation: Organisation, *, step: str, person: Membership | None = None
) -> HttpResponse:
    context = {"organisation": organisation, "step": step, "person": person}
    return render(request, "accounts/members_confirm.html", context)


def _organisation(request: HttpRequest, pk: int) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk)


def _membership(organisation: Organisation, pk: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user"), organisation=organisation, pk=pk)


# -- what the page of an organisation's people shows ------------------------------------------------------------------


HISTORY = 30


@dataclass(frozen=True, kw_only=True)
class Person:
    """A row of the table, with what the reader may do about it."""

    membership: Membership
    is_reader: bool
    is_owner: bool
    may_hand_over: bool


def team_rows(organisation: Organisation, reader: User) -> list[Person]:
    """Owners first, then by name."""
    rows = list(Membership.objects.filter(organisation=organisation).select_related("user"))
    rows.sort(key=lambda row: (row.role != Membership.Role.OWNER, str(row.user).lower()))
    owns = any(row.user_id == reader.pk and row.role == Membership.Role.OWNER for row in rows)
    return [
        Person(
            membership=row,
            is_reader=row.user_id == reader.pk,
            is_owner=row.role == Membership.Role.OWNER,
            may_hand_over=owns and row.user_id != reader.pk,
        )
        for row in rows
    ]


def unaccepted_invitations(organisation: Organisation) -> list[Invitation]:
    """Those that wait, and those that ran out: both can be sent again."""
    rows = Invitation.objects.filter(organisation=organisation, accepted_at__isnull=True)
    return list(rows.select_related("invited_by").order_by("-created_at"))


def team_history(organisation: Organisation) -> list[HistoryLine]:
    """Newest first, out of the history rows that triggers write; three queries."""
    events: Any = Membership.pgh_event_model
    rows = list(
        events.objects.filter(organisation_id=organisation.pk)
        .select_related("pgh_context")
        .order_by("-pgh_id")[: HISTORY + 1]
    )
    inviters: dict[int | None, int | None] = dict(
        Invitation.objects.filter(organisation=organisation, accepted_by__isnull=False).values_list(
            "accepted_by", "invited_by"
        )
    )
    actors = {row.pgh_id: _actor(row, inviters) for row in rows}
    wanted = {row.user_id for row in rows} | set(actors.values())
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=wanted - {None})}
    before: dict[int, str] = {}
    lines: list[HistoryLine] = []
    for row in reversed(rows):
        who = names.get(row.user_id, _("Une personne"))
        role = str(dict(Membership.Role.choices)[row.role])
        actor = actors[row.pgh_id]
        what = _sentence(row.pgh_label, who, role, before.get(row.pgh_obj_id, row.role) != row.role)
        before[row.pgh_obj_id] = row.role
        if what:
            by = names.get(actor or 0, "") if actor != row.user_id else ""
            lines.append(HistoryLine(at=_at(row), what=what, who=by))
    return lines[::-1][:HISTORY]


def _actor(row: Any, inviters: dict[int | None, int | None]) -> int | None:
    """Who added, changed or removed; for an accepted invitation, who had sent it."""
    by = row.pgh_context.metadata.get("user") if row.pgh_context else None
    if row.pgh_label == "insert" and by in (None, row.user_id):
        return inviters.get(row.user_id) or by
    return by


def _at(row: Any) -> datetime:
    return row.pgh_created_at


def _sentence(label: str, who: str, role: str, role_changed: bool) -> str:
    if label == "insert":
        return _("%(who)s se joint à l’équipe (%(role)s)") % {"who": who, "role": role}
    if label == "delete":
        return _("%(who)s quitte l’équipe") % {"who": who}
    return _("%(who)s devient %(role)s") % {"who": who, "role": role} if role_changed else ""
