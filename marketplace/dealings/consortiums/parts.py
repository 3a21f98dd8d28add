"""What a notice asks for, part by part, and which enterprises that look for partners cover what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from buyers.models import Tender
from buyers.tender_parts import lot_name
from marketplace.classification.codes import code_prefix
from marketplace.classification.labels import code_label
from marketplace.dealings.consortiums.proposals import Candidate, Share
from marketplace.dealings.models import Interest
from marketplace.dealings.notices import Notice, about, kind_of
from marketplace.matching.engine import SupplierProfile, area_verdict
from marketplace.matching.sentences import delivery_phrase
from marketplace.web.folding import fold_text
from marketplace.web.typography import format_money

#: A word of a lot's title says something from so many letters on, where no code does.
TELLING = 5
MOST_PARTS = 60
CLASS = 6  # digits: two offers of one UNSPSC class stand in for each other
AREA = "area"


@dataclass(frozen=True, slots=True)
class Part:
    """A lot, a code or the place of delivery. `prefixes` are codes without the zeros that pad them."""

    key: str
    label: str
    prefixes: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Partner:
    """An enterprise that looks for partners, with what the directory says of it."""

    pk: int
    name: str
    slug: str
    codes: frozenset[str]
    serves: frozenset[str]
    capacity: int
    text: str


def read_parts(notice: Notice) -> list[Part]:
    """Its lots where it has several, else its codes; then where to deliver, where that is known."""
    lots = list(notice.lots.all()) if isinstance(notice, Tender) else []
    found = [
        Part(
            f"lot:{lot.lot_id}",
            lot_name(lot),
            tuple(code_prefix(code) for code in lot.unspsc),
            _words(f"{lot.title} {lot.description}"),
        )
        for lot in lots
    ]
    if len(found) < 2:
        codes = dict.fromkeys(code_prefix(code) for code in notice.unspsc)
        found = [Part(f"code:{one}", code_label(one) or one.ljust(8, "0"), (one,)) for one in codes]
    profile = kind_of(notice).profile(notice)
    if profile.regions:
        found.append(Part(AREA, delivery_phrase(profile.regions[0], profile.mrc)))
    return found[:MOST_PARTS]


def find_partners(notice: Notice) -> list[Partner]:
    """One query: enterprises of the directory whose interest in this notice says that they look for partners."""
    rows = Interest.objects.looking_for_partners().filter(**about(notice), supplier__directory__isnull=False)
    of = "supplier__directory"
    return [
        Partner(pk, name, slug, frozenset(codes), frozenset(serves), capacity, f"{offers} {activity}")
        for pk, name, slug, codes, serves, capacity, offers, activity in rows.order_by(
            "supplier__organisation__name", "supplier"
        ).values_list(
            "supplier",
            "supplier__organisation__name",
            "supplier__slug",
            f"{of}__codes",
            f"{of}__serves",
            f"{of}__capacity",
            f"{of}__text__offers_text",
            f"{of}__text__activity",
        )
    ]


def as_candidates(notice: Notice, parts: Iterable[Part], partners: Iterable[Partner]) -> list[Candidate]:
    """What each of them covers."""
    profile, parts = kind_of(notice).profile(notice), list(parts)
    found = []
    for one in partners:
        words = _words(one.text)
        place = SupplierProfile(key=one.pk, serves=one.serves)
        delivers = area_verdict(profile, place) != "none"
        covers = {
            part.key for part in parts if (delivers if part.key == AREA else _covers(part, one.codes, words))
        }
        found.append(Candidate(key=one.pk, name=one.name, covers=frozenset(covers), capacity=one.capacity))
    return found


def share_sentence(share: Share, parts: Iterable[Part]) -> str:
    """« Apporte Lot 1, Lot 3; livraison en Mauricie; capacité de 150 000 $ par contrat. »"""
    labels = {part.key: part.label for part in parts}
    what = ", ".join(labels[key] for key in share.brings if key != AREA)
    said = [_("Apporte : %(what)s") % {"what": what} if what else ""]
    if AREA in share.brings:
        area = labels[AREA]
        said.append(area[:1].lower() + area[1:] if what and get_language() != "en" else area)
    if share.candidate.capacity:
        said.append(
            _("capacité de %(amount)s par contrat") % {"amount": format_money(share.candidate.capacity)}
        )
    return "; ".join(filter(None, said)) + "." if any(said) else ""


def _covers(part: Part, codes: frozenset[str], words: frozenset[str]) -> bool:
    if part.prefixes:
        return any(prefix[:CLASS] in codes for prefix in part.prefixes)
    return bool(part.words & words)


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in fold_text(text).split() if len(word) >= TELLING)
