"""Coming to an event, saying when one is there, and leaving it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Buyer
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission, is_member_of
from marketplace.events import emails
from marketplace.events.lifecycle import STANDING, check_event_state, lock_event
from marketplace.events.models import MatchmakingEvent, Participation, Side, State
from marketplace.events.permissions import can_act_for_participation, can_organise_event
from marketplace.events.repairs import drop_participation_meetings
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers.models import Status, Supplier


@verb
def register_participation(
    *,
    event: MatchmakingEvent,
    party: Buyer | Supplier,
    person: User | None,
    by: User | None,
    free_slots: Iterable[int],
    needs: str = "",
    most_meetings: int | None = None,
    is_listed: bool = False,
) -> Participation:
    """An organisation comes, on the side that `party` is; or changes what it said. Places are counted under a lock.

    Members register for themselves; the pôle may register whoever called, and beyond the dates.
    """
    row = lock_event(event)
    side = Side.BUYER if isinstance(party, Buyer) else Side.SUPPLIER
    known = Participation.objects.filter(event=row, organisation=party.organisation_id, side=side).first()
    _check_may(row, party, by, known)
    slots = _slots(row, free_slots)
    if most_meetings is not None and not 1 <= most_meetings <= 60:
        raise WrongMove(_("Le nombre de rencontres va de 1 à 60."))
    returns = known is None or known.state != Participation.State.REGISTERED
    if returns:
        _check_places(row, side)
    values: dict[str, Any] = {
        "person": person,
        "free_slots": slots,
        "needs": " ".join(needs.split())[:300],
        "most_meetings": most_meetings,
        "is_listed": is_listed,
        "state": Participation.State.REGISTERED,
    }
    if returns:
        values["registered_at"] = timezone.now()
    column = {"buyer" if isinstance(party, Buyer) else "supplier": party}
    participation, _is_new = Participation.objects.update_or_create(
        event=row, organisation_id=party.organisation_id, side=side, defaults={**values, **column}
    )
    participation.event, participation.organisation = row, party.organisation
    if returns:
        emails.send_participation_received(participation)
    return participation


@verb
def withdraw_participation(*, participation: Participation, by: User | None) -> None:
    """The organisation does not come. Its wishes go; meetings already placed fall, and the others are told."""
    row = lock_event(participation.event)
    check_permission(can_act_for_participation, by, participation)
    check_event_state(row, *STANDING)
    participation.refresh_from_db(fields=["state", "free_slots"])
    if participation.state == Participation.State.WITHDRAWN:
        return
    participation.wishes.all().delete()
    participation.wished_by.all().delete()
    if row.state in (State.SCHEDULED, State.PUBLISHED):
        drop_participation_meetings(event=row, participation=participation, by=by)
    participation.state = Participation.State.WITHDRAWN
    participation.save(update_fields=["state"])


@verb
def renew_calendar_links(*, participation: Participation, by: User | None) -> None:
    """The calendar gets other secret addresses, one per member; the former ones open nothing any more."""
    check_permission(can_act_for_participation, by, participation)
    field = Participation._meta.get_field("token")
    participation.token = field.get_default()
    participation.save(update_fields=["token"])


def event_places_left(event: MatchmakingEvent, side: Side, taken: int) -> int | None:
    """None where nobody counts."""
    places = event.buyer_places if side is Side.BUYER else event.supplier_places
    return None if places is None else max(0, places - taken)


def _check_may(
    row: MatchmakingEvent, party: Buyer | Supplier, by: User | None, known: Participation | None
) -> None:
    if isinstance(party, Supplier) and party.status != Status.PUBLISHED:
        raise NotAllowed(_("Seules les entreprises dont la fiche est publiée peuvent s’inscrire."))
    if isinstance(party, Buyer) and not party.is_public:
        raise NotAllowed(_("Seuls les acheteurs dont le profil est publié peuvent s’inscrire."))
    if by is None or can_organise_event(by, row):
        check_event_state(row, State.OPEN, State.WISHES)
        return
    if not is_member_of(by, party.organisation):
        raise NotAllowed(_("Vous ne pouvez inscrire que les organisations dont vous êtes membre."))
    check_event_state(row, State.OPEN)
    now = timezone.now()
    if now < row.registration_opens_at:
        raise WrongMove(_("Les inscriptions ne sont pas encore ouvertes."))
    if now >= row.registration_closes_at and known is None:
        raise WrongMove(_("Les inscriptions sont fermées. Votre pôle peut encore vous aider."))


def _check_places(row: MatchmakingEvent, side: Side) -> None:
    taken = Participation.objects.coming().filter(event=row, side=side).count()
    if event_places_left(row, side, taken) == 0:
        raise WrongMove(
            _(
                "Les places pour les acheteurs sont toutes prises. Écrivez au pôle : une place peut se libérer."
            )
            if side is Side.BUYER
            else _(
                "Les places pour les fournisseurs sont toutes prises. Écrivez au pôle : une place peut se libérer."
            )
        )


def _slots(row: MatchmakingEvent, wanted: Iterable[int]) -> list[int]:
    slots = sorted(set(wanted) & {slot.number for slot in row.slots})
    if not slots:
        raise WrongMove(_("Choisissez au moins une heure où vous pouvez venir."))
    return slots
