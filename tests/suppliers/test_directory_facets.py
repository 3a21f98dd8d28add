"""Facet counts against the plainest reckoning: a loop over the sheets."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.classification.labels import certification_labels, purpose_labels, sector_names
from marketplace.classification.models import Certification, Purpose, Sector
from marketplace.territories.models import Mrc
from suppliers.directory import DirectoryQuery, count_directory, read_directory_page
from suppliers.directory_index import reindex_suppliers
from suppliers.facets import CAPACITY_STEPS, FACETS, IN_PROGRESS, LAPSED, RECENT
from suppliers.models import LegalForm, Status, Supplier
from suppliers.search.reading import read_wishes
from tests.factories import SupplierFactory

MRCS = ["371", "36", "51", "65", "66"]
REGIONS = ["04", "13", "06"]
CODES = ["56101600", "56101700", "76111500", "90101600"]
TRADES = ["Mobilier", "Entretien ménager", "Traiteur"]


@pytest.fixture
def sheets(db, request) -> list["Plain"]:
    """Random published sheets, among others that must count nowhere."""
    dice = random.Random(getattr(request, "param", 1))
    sectors = list(Sector.objects.order_by("pk")[:3])
    purposes = list(Purpose.objects.order_by("pk")[:3])
    certifications = list(Certification.objects.order_by("pk")[:2])
    made = []
    for _ in range(30):
        mrc = Mrc.objects.get(code=dice.choice(MRCS)) if dice.random() < 0.9 else None
        trade = dice.choice(TRADES)
        supplier = SupplierFactory(
            name=f"{trade} {dice.randrange(1000)}",
            status=dice.choice([Status.PUBLISHED] * 5 + [Status.DRAFT, Status.SUSPENDED]),
            proved=dice.choice([0, 3, 6, 6, 6]),
            proved__on=timezone.localdate() - timedelta(days=dice.choice([0, 100, 364, 367, 600])),
            legal_form=dice.choice(LegalForm.values),
            sector=dice.choice([None, *sectors]),
            capacity=dice.choice([None, 10_000, 25_000, 60_000, 100_000, 400_000]),
            activity="",
            mrc=mrc,
            serves=dice.choice([[], ["371"], ["R04"], ["Q"], ["65", "66"], ["36", "R13"]]),
            offers=[(trade, dice.choice(CODES)) for _ in range(dice.randrange(3))],
            indexed=False,
        )
        supplier.purposes.set(dice.sample(purposes, dice.randrange(3)))
        supplier.certifications.set(dice.sample(certifications, dice.randrange(3)))
        made.append(supplier)
    reindex_suppliers()
    region_of = dict(Mrc.objects.values_list("code", "region"))
    return [Plain(sheet, region_of) for sheet in made if sheet.status == Status.PUBLISHED]


def plain_verification(supplier: Supplier) -> str:
    """From the six criteria themselves."""
    last_days = [answer.expires_on for answer in supplier.answers.all() if answer.proved_on]
    if len(last_days) < 6:
        return IN_PROGRESS
    return RECENT if all(day >= timezone.localdate() for day in last_days) else LAPSED


class Plain:
    """One published sheet, read without SQL tricks."""

    def __init__(self, supplier: Supplier, region_of: dict[str, str]) -> None:
        self.region_of = region_of
        organisation = supplier.organisation
        self.pk = supplier.pk
        self.name = organisation.name
        self.region = organisation.region_id or ""
        self.mrc = organisation.mrc_id or ""
        self.sector = supplier.sector_id or ""
        self.form = supplier.legal_form
        self.purposes = set(supplier.purposes.values_list("pk", flat=True))
        self.certifications = set(supplier.certifications.values_list("pk", flat=True))
        self.capacity = supplier.capacity or 0
        self.verification = plain_verification(supplier)
        self.codes = set(supplier.offers.filter(codes__isnull=False).values_list("codes__code", flat=True))
        self.areas = list(supplier.served_areas.values_list("region", "mrc"))

    def serves(self, token: str) -> bool:
        areas = self.areas or ([(None, self.mrc)] if self.mrc else [])
        region = token[1:] if token.startswith("R") else self.region_of[token]
        whole = {code for code, of in self.region_of.items() if of == region}
        served = {mrc for _, mrc in areas if mrc}
        return (
            (None, None) in areas
            or (region, None) in areas
            or (whole <= served if token.startswith("R") else token in served)
        )

    def meets(self, name: str, query: DirectoryQuery) -> bool:
        """Whether one field of a question lets it through."""
        values = query.facets.get(name) or getattr(query, name, ())
        if not values:
            return True
        return {
            "text": lambda: query.text.strip('"').casefold() in self.name.casefold(),
            "region": lambda: self.region in values,
            "mrc": lambda: self.mrc in values,
            "sector": lambda: self.sector in values,
            "legal_form": lambda: any(self.form == v or self.form.startswith(f"{v}_") for v in values),
            "purpose": lambda: bool(self.purposes & set(values)),
            "certification": lambda: bool(self.certifications & set(values)),
            "capacity_min": lambda: self.capacity >= min(map(int, values)),
            "verification": lambda: self.verification in values,
            "offers": lambda: any(code.startswith(v) for code in self.codes for v in values),
            "serves": lambda: any(self.serves(v) for v in values),
        }[name]()


FIELDS = (*(facet.name for facet in FACETS), "text", "offers", "serves")
KNOWN = {
    "region": REGIONS,
    "mrc": MRCS,
    "legal_form": ["coop", *LegalForm.values],
    "capacity_min": [str(step) for step in CAPACITY_STEPS],
    "verification": [RECENT, LAPSED, IN_PROGRESS],
}


def plain_count(name: str, value: str, sheets: list[Plain], query: DirectoryQuery) -> int:
    """The sheets that meet all but this facet, and this value of it."""
    only = DirectoryQuery(facets={name: (value,)})
    return sum(
        all(sheet.meets(field, query) for field in FIELDS if field != name) and sheet.meets(name, only)
        for sheet in sheets
    )


def some(values: list) -> st.SearchStrategy[tuple]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


@pytest.mark.parametrize("sheets", [1, 2, 3], indirect=True)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_counts_agree_with_a_plain_reckoning(sheets, data):
    known = KNOWN | {
        "sector": sorted(sector_names())[:3],
        "purpose": sorted(purpose_labels())[:3],
        "certification": sorted(certification_labels())[:2],
    }
    query = DirectoryQuery(
        text=data.draw(st.sampled_from(["", "", '"Mobilier"', '"Entretien"', '"Traiteur"'])),
        offers=data.draw(some(["56", "5610", "561016", "76", "901016", "12"])),
        serves=data.draw(some(["371", "65", "R04", "R13", "51"])),
        facets={
            name: data.draw(some(["10001", *values] if name == "capacity_min" else values))
            for name, values in known.items()
        },
    )
    wishes = read_wishes(query.text)
    answers = [sheet for sheet in sheets if all(sheet.meets(field, query) for field in FIELDS)]

    counts = count_directory(query, wishes)
    assert counts.total == len(answers)
    assert counts.seats == {
        code: n for code in ["", *MRCS] if (n := sum(sheet.mrc == code for sheet in answers))
    }
    for name, values in known.items():
        for value in values:
            expected = plain_count(name, value, sheets, query)
            assert counts.facets[name].get(value, 0) == expected, (name, value)
    assert {row.supplier_id for row in read_directory_page(query, wishes, 0, 100)} == {
        sheet.pk for sheet in answers
    }


QUERIES = (
    DirectoryQuery(text="entretien"),
    DirectoryQuery(text="mobilier", facets={"legal_form": ("coop",)}),
    DirectoryQuery(serves=("R04",), facets={"region": ("04", "06")}),
    DirectoryQuery(facets={"region": ("04",), "legal_form": ("coop", "obnl"), "capacity_min": ("25000",)}),
    DirectoryQuery(text="zzzzzzz"),
)


def test_count_brings_the_same_page_along(sheets):
    for query, order in product(QUERIES, ("", "name", "recent", "capacity")):
        query = replace(query, order=order)
        wishes = read_wishes(query.text)
        for start in (0, 3, 6, 3_000):
            counts = count_directory(query, wishes, start, 3)
            last = max(0, (counts.total - 1) // 3 * 3)
            expected = read_directory_page(query, wishes, min(start, last), min(start, last) + 3)
            assert counts.page == [row.supplier_id for row in expected], query
        assert count_directory(query, wishes).page is None, query


def test_pages_cut_one_order_without_gap_or_repeat(sheets):
    for order in ("name", "recent", "capacity", "relevance"):
        query = DirectoryQuery(order=order, text="mobilier" if order == "relevance" else "")
        wishes = read_wishes(query.text)
        total = count_directory(query, wishes).total
        whole = [row.supplier_id for row in read_directory_page(query, wishes, 0, total)]
        pages = [read_directory_page(query, wishes, n, n + 4) for n in range(0, total, 4)]
        assert len(whole) == len(set(whole)) == total, order
        assert [card.supplier_id for page in pages for card in page] == whole, order


def test_count_takes_two_queries_whatever_is_asked(sheets, django_assert_num_queries):
    full = DirectoryQuery(
        facets={
            "region": ("04",),
            "mrc": ("371",),
            "sector": ("56",),
            "legal_form": ("coop",),
            "purpose": ("environnement",),
            "certification": ("iso-14001",),
            "capacity_min": ("25000",),
            "verification": (RECENT,),
        },
        offers=("56",),
        serves=("R04",),
    )
    wishes = read_wishes("entretien")
    for query, asked, most in ((DirectoryQuery(), read_wishes(""), 1), (full, wishes, 2)):
        count_directory(query, asked)
        with django_assert_num_queries(most):
            count_directory(query, asked)
