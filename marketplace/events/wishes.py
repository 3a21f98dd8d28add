"""Whom a participant wishes to meet, in order, and why two participants may want to talk.

Nobody reads another's wishes, save the staff who plan. A reason is the same codes or the same territory; nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.classification.codes import code_ancestors, code_prefix
from marketplace.classification.labels import code_label
from marketplace.events.lifecycle import check_event_state, lock_event
from marketplace.events.models import Participation, State, Wish
from marketplace.events.permissions import can_act_for_participation, can_organise_event
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb


@verb
def choose_wishes(
    *, participation: Participation, wanted: Sequence[Participation], by: User | None
) -> list[Wish]:
    """The whole list anew, the first wanted most."""
    row = lock_event(participation.event)
    check_permission(can_act_for_participation, by, participation)
    participation.refresh_from_db(fields=["state"])
    participation.event = row
    _check_time(participation, by)
    if len(wanted) > row.most_wishes:
        raise WrongMove(
            ngettext(
                "Vous pouvez choisir %(most)s organisation au plus. Enlevez-en.",
                "Vous pouvez choisir %(most)s organisations au plus. Enlevez-en.",
                row.most_wishes,
            )
            % {"most": row.most_wishes}
        )
    keys = [other.pk for other in wanted]
    allowed = Participation.objects.met_by(participation).exclude(organisation=participation.organisation_id)
    if len(set(keys)) != len(keys) or allowed.filter(pk__in=keys).count() != len(keys):
        raise NotAllowed(_("Choisissez parmi les organisations proposées, une seule fois chacune."))
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
def add_wish(*, participation: Participation, wanted: Participation, by: User | None) -> Wish:
    """One more, after those that stand. A second time changes nothing."""
    lock_event(participation.event)  # before the list is read: two at once both stand
    standing = [w.wanted for w in participation.wishes.select_related("wanted").order_by("rank")]
    if wanted not in standing:
        standing.append(wanted)
    wishes = choose_wishes(participation=participation, wanted=standing, by=by)
    return next(w for w in wishes if w.wanted_id == wanted.pk)


@verb
def remove_wish(*, participation: Participation, wanted: Participation, by: User | None) -> None:
    """One less; those after it move up."""
    lock_event(participation.event)
    standing = [w.wanted for w in participation.wishes.select_related("wanted").order_by("rank")]
    choose_wishes(participation=participation, wanted=[w for w in standing if w != wanted], by=by)


def _check_time(participation: Participation, by: User | None) -> None:
    event = participation.event
    if participation.state != Participation.State.REGISTERED:
        raise WrongMove(_("Cette organisation n’est plus inscrite."))
    if by is None or can_organise_event(by, event):
        check_event_state(event, State.OPEN, State.WISHES)
    elif not event.takes_wishes:
        raise WrongMove(_("Le choix des rencontres est terminé."))


#: Notices older than this say little of what a buyer buys now.
RECENT = timedelta(days=730)
#: Two codes that share less than a family (four digits) are not the same thing.
NEAREST = 4
TERRITORY = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """`points` order the page; `why` is a sentence, or nothing."""

    points: int = 0
    why: str = ""


def codes_asked_by_buyers(buyers: Collection[int]) -> dict[int, set[str]]:
    """What buyers asked in their notices of the last two years, as prefixes; one query."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Tender.objects.filter(buyer__in=buyers, published_at__gte=timezone.now() - RECENT)
    for buyer, asked in rows.order_by().values_list("buyer_id", "unspsc").distinct():
        if buyer is not None:
            found[buyer].update(code_prefix(code) for code in asked)
    return found


def explain_fit(reader: Participation, other: Participation, asked: dict[int, set[str]]) -> Fit:
    """What `reader` is told of `other`; both come with their organisation, and suppliers with their directory entry."""
    buyer, supplier = (reader, other) if reader.is_buyer else (other, reader)
    entry = getattr(supplier.supplier, "directory", None) if supplier.supplier_id else None
    if entry is None or buyer.buyer_id is None:
        return Fit()
    shared = nearest_shared_code(asked.get(buyer.buyer_id, ()), entry.codes)
    near = serves_place(entry.serves, buyer.organisation.mrc_id, buyer.organisation.region_id)
    label = code_label(shared) if shared else ""
    words = {"what": label, "code": shared.ljust(8, "0")}
    sentences = []
    if label:
        sentences.append(
            _("Offre ce que vos avis demandent : %(what)s %(code)s.") % words
            if reader.is_buyer
            else _("Ses avis demandent ce que vous offrez : %(what)s %(code)s.") % words
        )
    if near:
        sentences.append(
            _("Livre dans votre territoire.")
            if reader.is_buyer
            else _("Est dans le territoire que vous desservez.")
        )
    return Fit(len(shared) + (TERRITORY if near else 0), " ".join(sentences))


def nearest_shared_code(asked: Iterable[str], offered: Collection[str]) -> str:
    """The longest prefix that both hold, from a family on; empty where there is none."""
    found = ""
    for code in asked:
        for above in code_ancestors(code):
            if len(above) >= NEAREST and above in offered:
                found = max(found, above, key=lambda prefix: (len(prefix), prefix))
    return found


def serves_place(tokens: Collection[str], mrc: str | None, region: str | None) -> bool:
    return "Q" in tokens or f"R{region}" in tokens or bool(mrc and mrc in tokens)
