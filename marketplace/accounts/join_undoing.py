"""Undoing the decision about a request to join, from where it was made: the request waits again, those concerned know.

A wrong acceptance is taken back whole: the membership, the role, what it verified of an institution, the other requests
that it closed or let in. An institution that a second person has joined since stays verified.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from marketplace.accounts import join_emails
from marketplace.accounts.joining import check_may_decide_join, held_organisation
from marketplace.accounts.models import JoinRequest, Membership, Organisation, User
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb

State = JoinRequest.State


@verb
def undo_join_decision(*, join_request: JoinRequest, by: User | None, message: str = "") -> JoinRequest:
    """The request is to be decided again; who joined by it no longer acts for the organisation."""
    letters = _withhold(join_request.cause)
    organisation = held_organisation(join_request.organisation)
    current = JoinRequest.objects.select_for_update(of=("self",)).get(pk=join_request.pk)
    current.organisation = organisation
    if why := why_join_stays(current):
        raise WrongMove(why)
    check_may_decide_join(current, by)
    was_accepted, before = current.state == State.ACCEPTED, current.before
    _reopen(current)
    if was_accepted:
        _take_back_role(organisation, current.user, before.get("role", ""), by)
        for pk, cause in before.get("ended", []):
            letters += _reopen_other(pk, cause, by)
        for pk, cause in before.get("let_in", []):
            letters += _reopen_other(pk, cause, by)
        if "institution" in before and not organisation.memberships.exists():
            _unverify(organisation, before["institution"])
    join_emails.send_join_undone(current, letters, message=message.strip())
    return current


def why_join_stays(join_request: JoinRequest) -> str:
    """Why its decision cannot be undone now, as a sentence; empty where it can."""
    if join_request.state not in (State.ACCEPTED, State.REFUSED) or not join_request.decided_by_id:
        return _("Aucune décision n’est à annuler ici.")
    if join_request.state == State.ACCEPTED and not join_request.before:
        return _(
            "Cette décision est trop ancienne pour être annulée ici : retirez plutôt la personne des membres."
        )
    same = JoinRequest.objects.filter(
        organisation=join_request.organisation_id, side=join_request.side, user=join_request.user_id
    )
    if same.open().exists():
        return _("Cette personne a déposé une autre demande depuis : décidez de celle-là.")
    return ""


def _reopen(request: JoinRequest) -> None:
    request.state, request.answer = State.OPEN, ""
    request.decided_by, request.decided_at, request.before = None, None, {}
    request.save(update_fields=["state", "answer", "decided_by", "decided_at", "before"])


def _take_back_role(organisation: Organisation, user: User, role: str, by: User | None) -> None:
    places = Membership.objects.filter(organisation=organisation, user=user)
    if role:
        places.update(role=role)
    else:
        places.delete()
    record_security_event(
        kind=Kind.ROLE_CHANGED if role else Kind.MEMBER_REMOVED,
        by=by,
        person=user,
        organisation=organisation,
        target=role,
    )
    user.forget_roles()


def _reopen_other(pk: int, cause: str, by: User | None) -> list[Any]:
    """Another request that the acceptance closed or let in, if that still stands; the letters of it that had left."""
    other = JoinRequest.objects.select_for_update(of=("self",)).select_related("user").filter(pk=pk).first()
    if other is None or other.cause != cause:
        return []
    letters = _withhold(cause)
    if other.state == State.ACCEPTED:
        _take_back_role(other.organisation, other.user, "", by)
    mine = JoinRequest.objects.filter(organisation=other.organisation_id, side=other.side, user=other.user_id)
    if not mine.open().exists():
        _reopen(other)
    return letters


def _unverify(organisation: Organisation, before: dict[str, Any]) -> None:
    organisation.neq = before["neq"]
    organisation.own_domains.filter(domain__in=before.get("domains", [])).delete()
    organisation.awaits_review = before.get("awaits_review", False)
    organisation.institution_verified_on = organisation.institution_verified_by = None
    organisation.save(
        update_fields=[
            "neq", "awaits_review", "institution_verified_on", "institution_verified_by", "updated_at",
        ]
    )  # fmt: skip


def _withhold(cause: str) -> list[Any]:
    """The letters of a decision that had left; the others stay. The outbox is a layer above: settings name it."""
    if not cause:
        return []
    return list(import_string(settings.WITHHOLD_LETTERS)(decision=cause).gone)
