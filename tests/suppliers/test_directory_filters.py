"""Query parameters in, a clean query and sentences out."""

import pytest
from django.http import QueryDict

from marketplace.web.filters import MAX_TEXT, MAX_VALUES
from suppliers.directory import DirectoryQuery
from suppliers.facets import FACETS
from suppliers.filters import DirectoryFilterSet, DirectoryPageFilterSet
from suppliers.models import LegalForm

pytestmark = pytest.mark.django_db


def parse(address: str):
    filters = DirectoryPageFilterSet(QueryDict(address), is_french=True)
    return filters.directory_query, filters.messages


def parse_english(address: str):
    filters = DirectoryFilterSet(QueryDict(address))
    return filters.directory_query, filters.messages


def test_parse_reads_every_parameter():
    query, problems = parse(
        "q=traiteur&secteur=72&offre=9010&offre=90101603&region=04&region=17&mrc=371&territoire=R04&territoire=51"
        "&forme=coop&forme=obnl&finalite=environnement&certification=iso-14001&capacite_min=25%C2%A0000"
        "&verification=recente&tri=capacite&vue=carte&page=2"
    )
    assert problems == []
    assert query == DirectoryQuery(
        text="traiteur",
        offers=("9010", "90101603"),
        serves=("R04", "51"),
        facets={
            "legal_form": ("coop", "obnl"),
            "purpose": ("environnement",),
            "capacity_min": ("25000",),
            "verification": ("recente",),
            "certification": ("iso-14001",),
            "region": ("04", "17"),
            "mrc": ("371",),
            "sector": ("72",),
        },
        order="capacity",
    )


def test_parse_reads_the_same_question_in_english():
    french, _ = parse(
        "q=repas&secteur=72&offre=90&region=04&mrc=371&territoire=R04&forme=mutuelle&tri=recent"
    )
    english, problems = parse_english(
        "q=repas&sector=72&offer=90&region=04&mrc=371&serves=R04&legal_form=mutuelle&ordering=recent"
    )
    assert problems == []
    assert english == french


def test_parse_takes_a_plain_dictionary():
    filters = DirectoryFilterSet({"region": ["04", "zz"], "q": "repas"})
    assert filters.directory_query == DirectoryQuery(text="repas", facets={"region": ("04",)})
    assert ["«\u00a0zz\u00a0»" in message for message in filters.messages] == [True]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("region=zz", "Le filtre « région » ne connaît pas « zz ». Il est ignoré."),
        ("mrc=9999", "Le filtre « MRC » ne connaît pas « 9999 ». Il est ignoré."),
        ("secteur=1", "Le filtre « secteur » ne connaît pas « 1 ». Il est ignoré."),
        ("offre=meubles", "Le filtre « offre » ne connaît pas « meubles ». Il est ignoré."),
        ("offre=561", "Le filtre « offre » ne connaît pas « 561 ». Il est ignoré."),
        ("territoire=R99", "Le filtre « territoire » ne connaît pas « R99 ». Il est ignoré."),
        ("territoire=Mauricie", "Le filtre « territoire » ne connaît pas « Mauricie ». Il est ignoré."),
        ("forme=inc", "Le filtre « forme » ne connaît pas « inc ». Il est ignoré."),
        ("finalite=x", "Le filtre « finalité » ne connaît pas « x ». Il est ignoré."),
        ("certification=x", "Le filtre « certification » ne connaît pas « x ». Il est ignoré."),
        ("capacite_min=-5", "Le filtre « capacité » ne connaît pas « -5 ». Il est ignoré."),
        ("capacite_min=%C2%B2", "Le filtre « capacité » ne connaît pas « ² ». Il est ignoré."),
        ("verification=x", "Le filtre « vérification » ne connaît pas « x ». Il est ignoré."),
        ("tri=x", "Le filtre « tri » ne connaît pas « x ». Il est ignoré."),
        ("vue=x", "Le filtre « vue » ne connaît pas « x ». Il est ignoré."),
    ],
)
def test_parse_says_what_it_does_not_know(address, sentence):
    query, problems = parse(address)
    assert query == DirectoryQuery()
    assert [problem.replace("\u00a0", " ") for problem in problems] == [sentence]


def test_parse_says_one_sentence_per_unknown_value_and_keeps_the_good_ones():
    query, problems = parse("region=04&region=zz&region=yy&region=04")
    assert query.facets == {"region": ("04",)}
    assert len(problems) == 2


def test_parse_ignores_empty_values_and_foreign_parameters():
    assert parse("q=&region=&territoire=&utm_source=x&page=99999") == (DirectoryQuery(), [])


def test_parse_cuts_a_long_text_and_says_so():
    query, problems = parse("q=" + "a" * 5_000)
    assert len(query.text) == MAX_TEXT
    assert len(problems) == 1


def test_parse_shortens_what_it_repeats():
    _, problems = parse("region=" + "z" * 5_000)
    assert len(problems[0]) < 150


def test_parse_reads_no_more_values_than_anyone_would_choose():
    query, problems = parse("&".join(f"offre={code}" for code in range(10_000_000, 10_003_000)))
    assert len(query.offers) + len(problems) <= MAX_VALUES


def test_parse_survives_nul_and_surrogates():
    query, _ = parse("q=a%00b&region=0%004&mrc=%ED%A0%80")
    assert query == DirectoryQuery(text="a b")


def test_address_says_what_was_asked():
    asked = "q=traiteur&offre=9010&territoire=R04&forme=coop&capacite_min=25000&region=04&secteur=72&tri=nom&vue=carte"
    filters = DirectoryPageFilterSet(QueryDict(asked), is_french=True)
    assert filters.messages == []
    assert filters.address() == f"/fournisseurs/?{asked}"
    assert filters.address(page=3) == f"/fournisseurs/?{asked}&page=3"
    assert filters.address(view="", ordering=None, region=(), sector=("72", "56")) == (
        "/fournisseurs/?q=traiteur&offre=9010&territoire=R04&forme=coop&capacite_min=25000&secteur=72&secteur=56"
    )
    assert filters.empty_address("q") == "/fournisseurs/?q=traiteur"


def test_chips_take_one_value_out():
    filters = DirectoryPageFilterSet(QueryDict("region=04&region=17&mrc=371"), is_french=True)
    assert [chip["url"] for chip in filters.chips(["region", "mrc"])] == [
        "/fournisseurs/?region=17&mrc=371",
        "/fournisseurs/?region=04&mrc=371",
        "/fournisseurs/?region=04&region=17",
    ]


@pytest.mark.parametrize(
    ("asked", "forms"),
    [
        ("coop", {form for form in LegalForm.values if form.startswith("coop")}),
        ("coop_travail", {"coop_travail"}),
        ("obnl", {"obnl"}),
    ],
)
def test_legal_forms_of_a_family_are_all_its_forms(asked, forms):
    facet = next(facet for facet in FACETS if facet.name == "legal_form")
    assert {form for form in LegalForm.values if facet.holds(form, (asked,))} == forms
