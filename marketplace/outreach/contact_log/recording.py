"""Write down a contact, correct what was written, and close what was to be done next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import Organisation, PolePost, User
from marketplace.accounts.permissions import check_permission
from marketplace.accounts.poles import pole_acting_for, pole_for
from marketplace.outreach.models import ContactEntry, Letter
from marketplace.outreach.permissions import can_edit_contact, can_log_contact
from marketplace.territories.models import Pole
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb

NOT_YOURS = gettext_lazy("Cette organisation n’est pas de votre territoire.")
OTHER_POLE = gettext_lazy("Ce contact a été noté par un autre pôle.")


@dataclass(frozen=True)
class NextAction:
    """What is to be done, until when, and by whom (None: whoever of the pôle comes to it first)."""

    what: str
    on: date
    owner: User | None = None


@verb
def log_contact(
    *,
    organisation: Organisation,
    kind: str,
    by: User | None,
    pole: Pole | None = None,
    direction: str = "",
    result: str = "",
    on: date | None = None,
    with_whom: str = "",
    said: str = "",
    next_action: NextAction | None = None,
    key: UUID | None = None,
) -> ContactEntry:
    """Write down a call, a mail, a meeting or a note about an organisation, for the pôle that had it.

    `pole`: by default that in whose name `by` acts there, else the one that looks after the organisation. `key`: of the
    form or the letter that it comes from; the entry that has it already is answered, and nothing is written.
    """
    check_permission(can_log_contact, by, organisation, sentence=str(NOT_YOURS))
    if key is not None:  # two clicks at the same moment wait for each other
        list(Organisation.objects.select_for_update(of=("self",), no_key=True).filter(pk=organisation.pk))
    if key is not None and (known := ContactEntry.objects.filter(key=key).first()):
        if known.organisation_id != organisation.pk or (by is not None and not can_edit_contact(by, known)):
            raise WrongMove(_("Rechargez la page, puis notez de nouveau."))
        return known
    if by is not None and not by.is_superuser:
        pole = pole or pole_acting_for(organisation, by)
        if pole is None or pole.pk not in by.pole_codes:
            raise NotAllowed(str(NOT_YOURS))
    elif pole is None:
        pole = pole_for(organisation)
    if next_action and next_action.owner and not may_own(next_action.owner, pole):
        raise WrongMove(_("Cette personne n’est pas de votre équipe."))
    entry = ContactEntry(
        key=key or uuid4(),
        organisation=organisation,
        pole=pole,
        kind=kind,
        direction=direction,
        result=result,
        on=on or timezone.localdate(),
        with_whom=with_whom.strip(),
        said=said.strip(),
        by=by,
    )
    if next_action:
        entry.next_action, entry.next_on = next_action.what.strip(), next_action.on
        entry.next_by = next_action.owner
    entry.save()
    return entry


@verb
def log_letters(*, letter: Letter, said: Mapping[int, tuple[int, str, str]], by: User | None) -> None:
    """An entry for each organisation that a letter is written to: by its key, the supplier, to whom, and what.

    One statement, whatever their number; an entry that stands is left as it is.
    """
    entries = [
        ContactEntry(
            key=letter.contact_key(supplier_id),
            organisation_id=organisation_id,
            pole=letter.pole,
            kind=ContactEntry.Kind.MAIL,
            direction=ContactEntry.Direction.OUT,
            with_whom=with_whom,
            said=text,
            by=by,
        )
        for organisation_id, (supplier_id, with_whom, text) in said.items()
    ]
    ContactEntry.objects.bulk_create(entries, ignore_conflicts=True)


@verb
def withdraw_letters(*, letter: Letter, supplier_ids: Iterable[int], by: User) -> None:
    """The letter did not leave for these: their entries are struck out."""
    keys = [letter.contact_key(pk) for pk in supplier_ids]
    rows = ContactEntry.objects.standing().filter(key__in=keys)
    rows.update(withdrawn_at=timezone.now(), withdrawn_by=by)


@verb
def withdraw_contact(*, entry: ContactEntry, by: User) -> None:
    """Struck out, and nothing is to be done about it any more; a second click changes nothing."""
    held = _held(entry, by)
    if held.withdrawn_at is None:
        held.withdrawn_at, held.withdrawn_by = timezone.now(), by
        held.save(update_fields=["withdrawn_at", "withdrawn_by"])


@verb
def put_back_contact(*, entry: ContactEntry, by: User) -> None:
    """The way back of `withdraw_contact`."""
    held = _held(entry, by)
    held.withdrawn_at, held.withdrawn_by = None, None
    held.save(update_fields=["withdrawn_at", "withdrawn_by"])


@verb
def close_next_action(*, entry: ContactEntry, by: User) -> None:
    """Done. Refuses what a colleague has closed or withdrawn meanwhile, and says so."""
    held = _held(entry, by)
    _check_open(held)
    held.next_done_at, held.next_done_by = timezone.now(), by
    held.save(update_fields=["next_done_at", "next_done_by"])


@verb
def reopen_next_action(*, entry: ContactEntry, by: User) -> None:
    """The way back of `close_next_action`."""
    held = _held(entry, by)
    held.next_done_at, held.next_done_by = None, None
    held.save(update_fields=["next_done_at", "next_done_by"])


@verb
def postpone_next_action(*, entry: ContactEntry, seen: date, until: date, by: User) -> None:
    """To another day; `seen`: the day on the page, so that two clicks do not put it off twice."""
    held = _held(entry, by)
    _check_open(held)
    if held.next_on != seen:
        raise WrongMove(_("La date a changé entretemps : rechargez la page."))
    held.next_on = until
    held.save(update_fields=["next_on"])


def team_of(pole: Pole | None) -> QuerySet[User]:
    """Who may own what a pôle is to do: the people who work for it today; without a pôle, platform admins."""
    people = User.objects.filter(is_active=True)
    if pole is None:
        return people.filter(is_superuser=True)
    return people.filter(pk__in=PolePost.objects.current().filter(pole=pole).values("user"))


def may_own(person: User, pole: Pole | None) -> bool:
    """Whether what a pôle is to do may be this person's."""
    return person.is_superuser or team_of(pole).filter(pk=person.pk).exists()


def _held(entry: ContactEntry, by: User) -> ContactEntry:
    check_permission(can_edit_contact, by, entry, sentence=str(OTHER_POLE))
    return ContactEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)


def _check_open(entry: ContactEntry) -> None:
    if entry.has_open_action:
        return
    if entry.next_done_at is not None and entry.next_done_by is not None:
        raise WrongMove(_("%(who)s l’a déjà faite.") % {"who": entry.next_done_by})
    raise WrongMove(_("Cette action n’attend plus."))
