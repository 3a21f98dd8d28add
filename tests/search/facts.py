"""What is true of each published supplier: what the rules of the labelled queries ask about, read from the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from marketplace.accounts.models import Organisation
from marketplace.demo.seeding.seed_data import TRADES
from marketplace.territories.models import Mrc, Municipality, Region
from marketplace.web.folding import fold_text
from suppliers.models import LegalForm, Offer, ServedArea, Supplier

#: The trade of a seeded supplier is told by the titles of its offers; nobody else's titles are looked up.
TRADE_OF_TITLE = {title: trade.key for trade in TRADES for title, _code, _kind in trade.offers}


@dataclass(frozen=True)
class Place:
    """A municipality, an MRC or a region that a query names, by its code; `served_by`: served areas that reach it."""

    kind: str  # « municipality », « mrc », « region »: the field of `Facts` that holds the code of who sits there
    code: str
    served_by: frozenset[str]
    lat: float | None = None
    lon: float | None = None


@dataclass
class Facts:
    """One supplier. Texts are folded: lower case, no accents, one space between words."""

    slug: str
    name: str
    own_name: str
    neq: str
    form: str
    address: str
    postal_code: str
    municipality: str | None
    town: str
    mrc: str | None
    region: str | None
    lat: float | None
    lon: float | None
    capacity: int | None
    activity: str
    titles: list[str]
    offers: list[tuple[str, str]]  # folded title, folded description
    codes: set[str]
    purposes: set[str]
    certifications: set[str]
    served: set[str]  # « Q », « R04 », « 371 »

    @cached_property
    def trades(self) -> set[str]:
        return {TRADE_OF_TITLE[title] for title in self.titles if title in TRADE_OF_TITLE}

    @cached_property
    def text(self) -> str:
        """All that the supplier says: its name, its activity, its offers."""
        return " . ".join([self.name, self.activity, *(part for offer in self.offers for part in offer)])

    @property
    def form_family(self) -> str:
        return LegalForm(self.form).family if self.form else ""


def read_facts() -> list[Facts]:
    """Every published supplier, by NEQ: six queries whatever their number."""
    titles: dict[int, list[str]] = defaultdict(list)
    offers: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for supplier, title, description in Offer.objects.order_by("pk").values_list(
        "supplier", "title", "description"
    ):
        titles[supplier].append(title)
        offers[supplier].append((fold_text(title), fold_text(description)))
    codes = _grouped(Offer.codes.through.objects.values_list("offer__supplier", "unspsccode"))
    purposes = _grouped(Supplier.purposes.through.objects.values_list("supplier", "purpose"))
    certifications = _grouped(
        Supplier.certifications.through.objects.values_list("supplier", "certification")
    )
    served: dict[int, set[str]] = defaultdict(set)
    for supplier, region, mrc in ServedArea.objects.values_list("supplier", "region", "mrc"):
        served[supplier].add(mrc or (f"R{region}" if region else "Q"))
    rows = Supplier.objects.published().select_related("organisation").order_by("organisation__neq", "pk")
    return [
        _facts(s, s.organisation, titles[s.pk], offers[s.pk], codes[s.pk], purposes[s.pk],
               certifications[s.pk], served[s.pk])
        for s in rows.iterator()
    ]  # fmt: skip


def _grouped(pairs: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for supplier, code in pairs:
        found[supplier].add(code)
    return found


def _facts(
    supplier: Supplier,
    organisation: Organisation,
    titles: list[str],
    offers: list[tuple[str, str]],
    codes: set[str],
    purposes: set[str],
    certifications: set[str],
    served: set[str],
) -> Facts:
    return Facts(
        slug=supplier.slug,
        name=fold_text(organisation.name),
        own_name=organisation.name,
        neq=organisation.neq or "",
        form=supplier.legal_form,
        address=fold_text(organisation.address),
        postal_code=organisation.postal_code.replace(" ", "").upper(),
        municipality=organisation.municipality_id,
        town=fold_text(organisation.town),
        mrc=organisation.mrc_id,
        region=organisation.region_id,
        lat=organisation.lat,
        lon=organisation.lon,
        capacity=supplier.capacity,
        activity=fold_text(supplier.activity),
        titles=titles,
        offers=offers,
        codes=codes,
        purposes=purposes,
        certifications=certifications,
        served=served,
    )


def find_place(words: str) -> Place:
    """« Shawinigan » a municipality, « MRC Maskinongé » an MRC, « région Mauricie » a region. Raises LookupError."""
    folded = fold_text(words)
    if folded.startswith("region "):
        for region in Region.objects.all():
            if fold_text(region.name) == folded.removeprefix("region "):
                inside = Mrc.objects.filter(region=region).values_list("code", flat=True)
                return Place("region", region.code, frozenset(["Q", f"R{region.code}", *inside]))
    elif folded.startswith("mrc "):
        for mrc in Mrc.objects.all():
            if fold_text(mrc.name) == folded.removeprefix("mrc "):
                return Place("mrc", mrc.code, _reaching(mrc), mrc.lat, mrc.lon)
    else:  # of several of one name, the largest is meant
        named = Municipality.objects.filter(folded=folded).select_related("mrc").order_by("-population")
        if town := named.first():
            return Place("municipality", town.code, _reaching(town.mrc), town.lat, town.lon)
    raise LookupError(words)


def _reaching(mrc: Mrc | None) -> frozenset[str]:
    return frozenset(["Q", mrc.code, f"R{mrc.region_id}"] if mrc else ["Q"])
