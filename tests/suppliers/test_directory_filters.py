"""Query parameters in, a clean query and sentences out."""

import pytest
from django.http import QueryDict

from marketplace.web import parameters
from suppliers import filters
from suppliers.filters import ENGLISH, FRENCH, DirectoryQuery

pytestmark = pytest.mark.django_db


def parse(address: str, names=FRENCH):
    query, problems = filters.parse(QueryDict(address), names)
    return query, [problem.text for problem in problems]


def test_parse_reads_every_parameter():
    query, problems = parse(
        "q=traiteur&secteur=72&offre=9010&offre=90101603&region=04&region=17&mrc=371&territoire=R04&territoire=51"
        "&forme=coop&forme=obnl&finalite=environnement&certification=iso-14001&capacite_min=25%C2%A0000"
        "&verification=recente&tri=capacite&vue=carte&page=2"
    )
    assert problems == []
    assert query == DirectoryQuery(
        text="traiteur",
        sectors=("72",),
        offers=("9010", "90101603"),
        regions=("04", "17"),
        mrcs=("371",),
        serves=("R04", "51"),
        forms=("coop", "obnl"),
        purposes=("environnement",),
        certifications=("iso-14001",),
        capacities=(25_000,),
        verification=("recente",),
        order="capacity",
        view="map",
    )


def test_parse_reads_the_same_question_in_english():
    french, _ = parse(
        "q=repas&secteur=72&offre=90&region=04&mrc=371&territoire=R04&forme=mutuelle&tri=recent"
    )
    english, problems = parse(
        "q=repas&sector=72&offer=90&region=04&mrc=371&serves=R04&legal_form=mutuelle&ordering=recent", ENGLISH
    )
    assert problems == []
    assert english == french


def test_parse_takes_a_plain_dictionary():
    query, problems = filters.parse({"region": ["04", "zz"], "q": "repas"})
    assert query == DirectoryQuery(text="repas", regions=("04",))
    assert [problem.value for problem in problems] == ["zz"]


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
    assert query.regions == ("04",)
    assert len(problems) == 2


def test_parse_ignores_empty_values_and_foreign_parameters():
    assert parse("q=&region=&territoire=&utm_source=x&page=99999") == (DirectoryQuery(), [])


def test_parse_cuts_a_long_text_and_says_so():
    query, problems = parse("q=" + "a" * 5_000)
    assert len(query.text) == parameters.MAX_TEXT
    assert len(problems) == 1


def test_parse_shortens_what_it_repeats():
    _, problems = parse("region=" + "z" * 5_000)
    assert len(problems[0]) < 150


def test_parse_reads_no_more_values_than_anyone_would_choose():
    query, problems = parse("&".join(f"offre={code}" for code in range(10_000_000, 10_003_000)))
    assert len(query.offers) + len(problems) <= parameters.MAX_VALUES


def test_parse_survives_nul_and_surrogates():
    query, _ = parse("q=a%00b&region=0%004&mrc=%ED%A0%80")
    assert query == DirectoryQuery(text="a b")


def test_as_parameters_gives_back_what_was_asked():
    asked = "q=traiteur&secteur=72&offre=9010&region=04&territoire=R04&forme=coop&capacite_min=25000&tri=nom&vue=carte"
    query, _ = parse(asked)
    again, problems = filters.parse({name: [] for name in FRENCH.parameters.values()} | _grouped(query))
    assert problems == []
    assert again == query


def _grouped(query):
    grouped = {}
    for name, value in filters.as_parameters(query):
        grouped.setdefault(name, []).append(value)
    return grouped


def test_without_takes_one_value_out():
    query = DirectoryQuery(regions=("04", "17"), mrcs=("371",))
    assert filters.without(query, "regions", "04").regions == ("17",)
    assert filters.without(query, "mrcs").mrcs == ()


def test_legal_forms_of_a_family_are_all_its_forms():
    assert set(DirectoryQuery(forms=("coop",)).legal_forms) == {
        "coop",
        "coop_travail",
        "coop_solidarite",
        "coop_consommateurs",
        "coop_producteurs",
        "coop_actionnaires",
    }
    assert DirectoryQuery(forms=("coop_travail",)).legal_forms == ("coop_travail",)
    assert DirectoryQuery(forms=("obnl",)).legal_forms == ("obnl",)
