"""Whom a participant wishes to meet, in order. Nobody reads another's wishes, save the staff who plan."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import User
from marketplace.events import opening, rules
from marketplace.events.models import Participation, State, Wish
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb


@verb
def choose(*, participation: Participation, wanted: Sequence[Participation], by: User | None) -> list[Wish]:
    """The whole list anew, the first wanted most."""
    row = opening.locked(participation.event)
    rules.check_speaks(by, participation)
    participation.refresh_from_db(fields=["state"])
    participation.event = row
    _check_time(participation, by)
    if len(wanted) > row.most_wishes:
        raise WrongMove(
            ngettext(
                "Vous pouvez choisir %(most)s organisation. Enlevez-en.",
                "Vous pouvez choisir jusqu’à %(most)s organisations. Enlevez-en.",
                row.most_wishes,
            )
            % {"most": row.most_wishes}
        )
    keys = [other.pk for other in wanted]
    allowed = Participation.objects.met_by(participation).exclude(organisation=participation.organisation_id)
    if len(set(keys)) != len(keys) or allowed.filter(pk__in=keys).count() != len(keys):
        raise NotAllowed(_("Choisissez parmi les organisations inscrites en face de vous, une fois chacune."))
    standing = {wish.wanted_id: wish for wish in participation.wishes.all()}
    participation.wishes.exclude(wanted__in=keys).delete()
    wishes = []
    for rank, key in enumerate(keys, start=1):
        wish = standing.get(key) or Wish(wisher=participation, wanted_id=key)
        if wish.rank != rank:
            wish.rank = rank
            wish.save()
        wishes.append(wish)
    return wishes


@verb
def wish(*, participation: Participation, wanted: Participation, by: User | None) -> Wish:
    """One more, after those that stand. A second time changes nothing."""
    opening.locked(participation.event)  # before the list is read: two at once both stand
    standing = [w.wanted for w in participation.wishes.select_related("wanted").order_by("rank")]
    if wanted not in standing:
        standing.append(wanted)
    wishes = choose(participation=participation, wanted=standing, by=by)
    return next(w for w in wishes if w.wanted_id == wanted.pk)


@verb
def unwish(*, participation: Participation, wanted: Participation, by: User | None) -> None:
    """One less; those after it move up."""
    opening.locked(participation.event)
    standing = [w.wanted for w in participation.wishes.select_related("wanted").order_by("rank")]
    choose(participation=participation, wanted=[w for w in standing if w != wanted], by=by)


def _check_time(participation: Participation, by: User | None) -> None:
    event = participation.event
    if participation.state != Participation.State.REGISTERED:
        raise WrongMove(_("Cette organisation n’est plus inscrite."))
    if by is None or rules.organises.test(by, event):
        opening.expect(event, State.OPEN, State.WISHES)
    elif not event.takes_wishes:
        raise WrongMove(_("Le choix des rencontres est terminé."))
