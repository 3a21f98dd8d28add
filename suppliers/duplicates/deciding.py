"""What a person says of two listings that look like one: not a duplicate, or for another pôle to merge; and back again."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers.duplicates.finding import facts_of, read_listings
from suppliers.models import DuplicatePair, Supplier
from suppliers.permissions import can_curate_supplier

State = DuplicatePair.State


@verb
def dismiss_pair(*, one: Supplier, other: Supplier, by: User) -> DuplicatePair:
    """« Pas un doublon »: not shown again until what was compared changes. Who curates one of the two may say so."""
    return _decide(one, other, State.DISMISSED, by)


@verb
def propose_merge(*, one: Supplier, other: Supplier, by: User) -> DuplicatePair:
    """Who curates one of the two asks the pôle of the other to merge them; the administration may too."""
    if can_curate_supplier(by, one) and can_curate_supplier(by, other):
        raise WrongMove(_("Les deux fiches sont dans votre territoire : réunissez-les."))
    return _decide(one, other, State.PROPOSED, by)


@verb
def reconsider_pair(*, pair: DuplicatePair, by: User) -> DuplicatePair:
    """What was said is taken back: the two are to compare again."""
    held = DuplicatePair.objects.select_for_update().get(pk=pair.pk)
    _check(held.first, held.second, by)
    held.state, held.decided_by, held.decided_at = State.FOUND, None, None
    held.save(update_fields=["state", "decided_by", "decided_at"])
    return held


def _check(one: Supplier, other: Supplier, by: User) -> None:
    if not (can_curate_supplier(by, one) or can_curate_supplier(by, other)):
        raise NotAllowed(_("Cette fiche n’est pas dans votre territoire."))


def _decide(one: Supplier, other: Supplier, state: DuplicatePair.State, by: User) -> DuplicatePair:
    _check(one, other, by)
    first, second = sorted((one, other), key=lambda row: row.pk)
    if first.organisation.merged_into_id or second.organisation.merged_into_id:
        raise WrongMove(_("Ces fiches sont déjà réunies, ou l’une d’elles est réunie à une autre."))
    pair = DuplicatePair.objects.select_for_update().filter(first=first, second=second).first()
    if pair is None:  # two that nobody proposed, compared by hand
        pair = DuplicatePair(first=first, second=second)
    read = {row.key: row for row in read_listings(Q(pk__in=[first.pk, second.pk]))}
    if len(read) == 2:
        pair.facts = facts_of(read[first.pk], read[second.pk])
    pair.state, pair.decided_by, pair.decided_at = state, by, timezone.now()
    pair.save()
    return pair
