"""Which published supplier a row of a buyer's list is: by its NEQ, or likely by its name. Nothing is confirmed by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Func, Q

from marketplace.accounts.models import Organisation
from marketplace.dealings.models import OwnListRow
from marketplace.territories.places import current_gazetteer
from marketplace.web.folding import fold_text
from suppliers.models import Supplier
from suppliers.name_words import LEGAL_WORDS, name_readings, name_words, word_likeness
from suppliers.neq_proposals import HIGH, Because, NamedPlace, RegistryNames

State = OwnListRow.State
#: The row's NEQ is that of an enterprise whose name is quite another: one of the two is wrong.
SAME_NEQ, OTHER_NAME = "same_neq", "other_name"
#: The very name, under another NEQ: often a number that was mistyped.
OTHER_NEQ = "other_neq"
DOUBTED = 60
READ_ALL = 20_000  # suppliers whose names are read whole, some 60 MB


@dataclass(frozen=True)
class Recognised:
    """`others`: the next likely suppliers as (supplier, confidence, reasons)."""

    state: str
    supplier: int | None = None
    confidence: int | None = None
    reasons: tuple[str, ...] = ()
    others: tuple[tuple[int, int, tuple[str, ...]], ...] = ()


@dataclass
class PublishedNames:
    """The directory's suppliers, ready to be asked: some seconds to make for eleven thousand."""

    names: RegistryNames
    by_neq: dict[str, tuple[int, str]]

    def recognise(self, row: OwnListRow) -> Recognised:
        known = self.by_neq.get(row.neq) if row.neq else None
        if known is not None:
            supplier, name = known
            if not row.name or names_agree(row.name, name):
                return Recognised(State.BY_NEQ, supplier)
            return Recognised(State.PROPOSED, supplier, DOUBTED, (SAME_NEQ, OTHER_NAME))
        found = self.names.propose(_place_of(row)) if row.name else []
        likely = [(one.registered, one.confidence, tuple(map(str, one.reasons))) for one in found]
        if row.neq:  # of someone else, as it stands: only the very same name makes it doubtful
            likely = [
                (one, min(confidence, DOUBTED), (*reasons, OTHER_NEQ))
                for one, confidence, reasons in likely
                if confidence >= HIGH and Because.SAME_NAME in reasons
            ]
        if not likely:
            return Recognised(State.OTHER)
        best, *others = likely
        return Recognised(State.PROPOSED, *best, tuple(others))


def published_names(rows: Iterable[OwnListRow], *, region: str | None) -> PublishedNames:
    """Every published supplier; where they are many, those of the institution's region, without one, and namesakes."""
    suppliers = Supplier.objects.published()
    listed = list(rows)
    if suppliers.order_by("pk")[READ_ALL : READ_ALL + 1].exists():
        names = {fold_text(row.name) for row in listed if row.name}
        neqs = {row.neq for row in listed if row.neq}
        organisations = Organisation.objects.alias(folded=Func(F("name"), function="f_fold")).filter(
            Q(region=region) | Q(region=None) | Q(folded__in=names) | Q(neq__in=neqs)
        )
        suppliers = suppliers.filter(organisation__in=organisations)
    of = "organisation__"
    values = suppliers.order_by("pk").values_list(
        "pk", f"{of}neq", f"{of}name", f"{of}municipality", f"{of}town", f"{of}mrc", f"{of}postal_code"
    )
    by_neq: dict[str, tuple[int, str]] = {}
    places = []
    for pk, neq, name, municipality, town, mrc, postal_code in values.iterator():
        if neq:
            by_neq[neq] = (pk, name)
        places.append(NamedPlace(pk, name, municipality or fold_text(town), mrc or "", postal_code))
    return PublishedNames(RegistryNames(places), by_neq)


def names_agree(one: str, other: str) -> bool:
    """Whether two names of one NEQ can be of one enterprise: a word of weight in common, or one that is nearly so."""
    mine, theirs = _weighty(one), _weighty(other)
    if not mine or not theirs:
        return True
    return any(word_likeness(a, b) > 0 for a in mine for b in theirs)


def _weighty(name: str) -> set[str]:
    words = {word for text in name_readings(name) for word in name_words(text)}
    return words - LEGAL_WORDS or words


def _place_of(row: OwnListRow) -> NamedPlace:
    if not row.city:
        return NamedPlace(row.pk, row.name)
    place = current_gazetteer().resolve(row.city)
    return NamedPlace(row.pk, row.name, place.municipality or fold_text(row.city), place.mrc or "")
