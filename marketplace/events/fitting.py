"""Why two participants may want to talk, in one sentence: the same codes, the same territory. Nothing else is guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Tender
from marketplace.classification import codes
from marketplace.classification.labels import code_label
from marketplace.events.models import Participation

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


def codes_of_buyers(buyers: Collection[int]) -> dict[int, set[str]]:
    """What buyers asked in their notices of the last two years, as prefixes; one query."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Tender.objects.filter(buyer__in=buyers, published_at__gte=timezone.now() - RECENT)
    for buyer, asked in rows.order_by().values_list("buyer_id", "unspsc").distinct():
        if buyer is not None:
            found[buyer].update(codes.prefix(code) for code in asked)
    return found


def fit(reader: Participation, other: Participation, asked: dict[int, set[str]]) -> Fit:
    """What `reader` is told of `other`; both come with their organisation, and suppliers with their directory entry."""
    buyer, supplier = (reader, other) if reader.is_buyer else (other, reader)
    entry = getattr(supplier.supplier, "directory", None) if supplier.supplier_id else None
    if entry is None or buyer.buyer_id is None:
        return Fit()
    shared = nearest(asked.get(buyer.buyer_id, ()), entry.codes)
    near = serves(entry.serves, buyer.organisation.mrc_id, buyer.organisation.region_id)
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
            _("Dessert votre territoire.")
            if reader.is_buyer
            else _("Est dans le territoire que vous desservez.")
        )
    return Fit(len(shared) + (TERRITORY if near else 0), " ".join(sentences))


def nearest(asked: Iterable[str], offered: Collection[str]) -> str:
    """The longest prefix that both hold, from a family on; empty where there is none."""
    found = ""
    for code in asked:
        for above in codes.ancestors(code):
            if len(above) >= NEAREST and above in offered:
                found = max(found, above, key=lambda prefix: (len(prefix), prefix))
    return found


def serves(tokens: Collection[str], mrc: str | None, region: str | None) -> bool:
    return "Q" in tokens or f"R{region}" in tokens or bool(mrc and mrc in tokens)
