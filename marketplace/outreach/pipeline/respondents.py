"""Who answers for an organisation, and who follows them: what they had in hand passes on as is chosen, nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Need
from marketplace.accounts.members import add_member, change_member_role, remove_member
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.permissions import check_permission
from marketplace.accounts.poles import pole_acting_for, pole_for
from marketplace.outreach.contact_log.recording import NOT_YOURS, team_of
from marketplace.outreach.models import Approach, ContactEntry, Respondent
from marketplace.outreach.permissions import can_log_contact
from marketplace.territories.models import Pole
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb


@dataclass(frozen=True)
class Person:
    """Who answers: with an account of the organisation, or by name alone."""

    name: str
    title: str = ""
    email: str = ""
    phone: str = ""
    user: User | None = None


@verb
def name_respondent(
    *, organisation: Organisation, person: Person, by: User, since: date | None = None
) -> Respondent:
    """The first respondent; where there is one already, `succeed_respondent` says what becomes of theirs."""
    pole = _pole(organisation, by)
    if not person.name.strip():
        raise WrongMove(_("Dites qui répond pour l’organisation."))
    list(Organisation.objects.select_for_update(of=("self",), no_key=True).filter(pk=organisation.pk))
    if Respondent.objects.current().filter(pole=pole, organisation=organisation).exists():
        raise WrongMove(_("Quelqu’un répond déjà pour cette organisation. Dites qui lui succède."))
    return _created(organisation, pole, person, since or timezone.localdate(), None)


@verb
def succeed_respondent(
    *,
    respondent: Respondent,
    person: Person,
    on: date,
    by: User,
    pass_needs: bool = True,
    pass_membership: bool = True,
) -> Respondent:
    """`person` follows from that day. Their needs and their place in the institution pass to the successor's account, where
    both have one and it is chosen; what the pôle is to do with them stays where it is, under the new name."""
    check_permission(can_log_contact, by, respondent.organisation, sentence=str(NOT_YOURS))
    held = Respondent.objects.select_for_update(of=("self",)).get(pk=respondent.pk)
    if not by.is_superuser and held.pole_id not in by.pole_codes:
        raise NotAllowed(str(NOT_YOURS))
    if held.until is not None:
        raise WrongMove(_("Cette personne a déjà été remplacée : rechargez la page."))
    if on < held.since:
        raise WrongMove(_("La relève ne peut pas commencer avant la personne qu’elle remplace."))
    if not person.name.strip():
        raise WrongMove(_("Dites qui prend la relève."))
    held.until = on
    held.save(update_fields=["until"])
    successor = _created(held.organisation, held.pole, person, on, held)
    if held.user and person.user and held.user != person.user:
        if pass_needs:
            Need.objects.filter(buyer__organisation=held.organisation, created_by=held.user).update(
                created_by=person.user
            )
        if pass_membership:
            _pass_membership(held.organisation, held.user, person.user, by)
    rows = Approach.objects.filter(pole=held.pole, organisation=held.organisation, contact_name=held.name)
    rows.update(
        contact_name=person.name,
        contact_title=person.title,
        contact_email=person.email,
        contact_phone=person.phone,
        consent_on=None,
        consent_how="",
    )
    return successor


@verb
def hand_over_outreach(*, pole: Pole, leaver: User, successor: User, by: User) -> tuple[int, int]:
    """Somebody leaves the pôle: the rows they owned and what they were to do pass to a colleague. (rows, actions)."""
    if not by.is_superuser and pole.pk not in by.pole_codes:
        raise NotAllowed(str(NOT_YOURS))
    if leaver == successor or not team_of(pole).filter(pk=successor.pk).exists():
        raise WrongMove(_("Choisissez une personne de votre équipe."))
    rows = Approach.objects.filter(pole=pole, owner=leaver).update(owner=successor)
    actions = ContactEntry.objects.filter(pole=pole, next_by=leaver).with_open_action()
    return rows, actions.update(next_by=successor)


def members_who_may_answer(organisation: Organisation) -> list[Membership]:
    rows = Membership.objects.filter(organisation=organisation, user__is_active=True)
    return list(rows.select_related("user").order_by("created_at", "pk"))


def _pass_membership(organisation: Organisation, leaver: User, successor: User, by: User) -> None:
    """The successor takes their role first, so that somebody always answers for the institution."""
    leaving = Membership.objects.filter(organisation=organisation, user=leaver).first()
    if leaving is None:
        return
    coming = Membership.objects.filter(organisation=organisation, user=successor).first()
    if coming is None:
        add_member(organisation=organisation, user=successor, role=leaving.role, by=by)
    elif leaving.role == Membership.Role.OWNER and coming.role != leaving.role:
        change_member_role(membership=coming, role=leaving.role, by=by)
    remove_member(membership=leaving, by=by)


def _created(
    organisation: Organisation, pole: Pole, person: Person, since: date, replaces: Respondent | None
) -> Respondent:
    return Respondent.objects.create(
        organisation=organisation,
        pole=pole,
        user=person.user,
        name=person.name.strip()[:160],
        title=person.title.strip()[:160],
        email=person.email.strip(),
        phone=person.phone.strip(),
        since=since,
        replaces=replaces,
    )


def _pole(organisation: Organisation, by: User) -> Pole:
    check_permission(can_log_contact, by, organisation, sentence=str(NOT_YOURS))
    pole = pole_for(organisation) if by.is_superuser else pole_acting_for(organisation, by)
    if pole is None:
        raise NotAllowed(str(NOT_YOURS))
    return pole
