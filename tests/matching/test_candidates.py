"""Who is found for a notice, and in what order."""

from collections import Counter

import pytest

from marketplace.matching.candidates import find_candidates, is_worth_keeping, match_tender, with_details
from marketplace.matching.experience import learn_experience
from marketplace.matching.reasons import match_reasons
from marketplace.matching.tenders import place_around, read_tender
from marketplace.matching.turning import in_turn, turn_of
from marketplace.territories.points import Town
from suppliers.models import Status
from tests.factories import AwardFactory, SupplierFactory, TenderFactory

pytestmark = pytest.mark.django_db


def keys(tender, **options):
    return [match.key for match in match_tender(tender, **options)]


def cleaner(**fields):
    defaults = {"offers": [("Entretien ménager", "76111500")], "serves": ["R04"], "activity": ""}
    return SupplierFactory(**(defaults | fields))


def test_candidates_are_found_by_code_by_words_and_by_past():
    by_code = cleaner(offers=[("Conciergerie", "76111501")], name="Alpha")
    by_words = cleaner(offers=[("Entretien ménager de bureaux", "")], name="Beta")
    by_past = cleaner(offers=[("Divers", "")], name="Gamma")
    cleaner(offers=[("Traiteur", "90101600")], name="Delta")
    past = TenderFactory(title="Entretien ménager de l’hôtel de ville", status="complete")
    AwardFactory(tender=past, neq=by_past.organisation.neq)
    learn_experience(by=None)
    assert set(keys(TenderFactory())) == {by_code.pk, by_words.pk, by_past.pk}


def test_the_best_come_first_and_no_more_than_asked():
    partial = cleaner(offers=[("Lavage de vitres", "76111501")])
    whole = cleaner(offers=[("Entretien ménager de points de service", "76111500")])
    assert keys(TenderFactory()) == [whole.pk, partial.pk]
    assert keys(TenderFactory(), limit=1) == [whole.pk]


def test_equals_take_turns_and_keep_their_place_for_one_notice():
    twins = {cleaner().pk for _n in range(3)}
    tenders = [TenderFactory() for _n in range(8)]
    orders = [keys(tender) for tender in tenders]
    assert all(set(order) == twins for order in orders)
    assert len({order[0] for order in orders}) > 1
    assert [keys(tender) for tender in tenders] == orders
    assert [keys(tender, limit=1)[0] for tender in tenders] == [order[0] for order in orders]
    ids = list(range(1, 6))
    first = Counter(min(ids, key=in_turn(ids, turn_of(f"notice {n}")).get) for n in range(500))
    assert 70 < min(first.values()) <= max(first.values()) < 130


def test_only_published_sheets_are_candidates():
    for status in Status.values:
        cleaner(status=status)
    published = cleaner()
    assert len(keys(TenderFactory())) == 2
    assert published.pk in keys(TenderFactory())


def test_who_serves_elsewhere_stays_out_where_the_region_is_known():
    here = cleaner(serves=["36"])
    everywhere = cleaner(serves=["Q"])
    elsewhere = cleaner(serves=["R13"])
    assert set(keys(TenderFactory())) == {here.pk, everywhere.pk}
    unknown = TenderFactory(region_id=None, mrc_id=None)
    assert set(keys(unknown)) == {here.pk, everywhere.pk, elsewhere.pk}


def test_a_notice_that_names_no_mrc_passes_who_serves_any_of_the_region():
    some = cleaner(serves=["371"])
    assert keys(TenderFactory(mrc_id=None)) == [some.pk]
    assert keys(TenderFactory(mrc_id="36")) == []


def test_a_notice_without_codes_still_finds_by_words():
    one = cleaner()
    assert keys(TenderFactory(unspsc=[])) == [one.pk]


def test_a_newcomer_is_found_by_what_the_title_or_its_code_means():
    caterer = cleaner(offers=[("Buffets et boîtes à lunch", "")], name="Alpha")
    cleaner(offers=[("Divers", "")], name="Beta", activity="Contrats et ententes de saison")
    for title, code in (("Service de traiteur pour un colloque", ""), ("Contrat, saison 2026", "90101603")):
        tender = TenderFactory(title=title, unspsc=[code] if code else [])
        [match] = match_tender(tender)
        assert (match.key, is_worth_keeping(match)) == (caterer.pk, True), title
    asked = read_tender(TenderFactory(title="Service de traiteur pour un colloque", unspsc=[]))
    [reason] = [
        reason
        for one in with_details(asked, find_candidates(asked)).values()
        for reason in match_reasons(asked.tender, one, asked.statistics)
        if reason.kind == "meaning"
    ]
    assert reason.params["offer"] == "Buffets et boîtes à lunch"
    assert "traiteur" in reason.params["words"][0].lower()


def test_accents_and_plurals_do_not_matter():
    one = cleaner(offers=[("Entretiens ménagers", "")])
    assert keys(TenderFactory(title="ENTRETIEN MENAGER", unspsc=[])) == [one.pk]


def test_the_same_town_alone_is_no_match():
    cleaner(name="Théâtre de Shawinigan", offers=[("Spectacles à Shawinigan", "")])
    tender = TenderFactory(title="Bancs, secteur de Shawinigan", unspsc=[])
    assert keys(tender) == []


def test_the_same_number_alone_is_no_match():
    cleaner(offers=[("Gestion de 11 salles", "")], name="Onze")
    assert keys(TenderFactory(title="Tonte de 11 terrains", unspsc=[])) == []


def test_a_title_of_punctuation_or_strange_words_breaks_nothing():
    cleaner()
    for title in ("???", "l’", "'); DROP TABLE x; --", "a:b & c | !d", "%s %(x)s", "Œuvre n° 12", "\\ \" '"):
        assert keys(TenderFactory(title=title, unspsc=[])) == []


def test_a_place_without_a_point_is_no_place_to_measure_from():
    town = Town(
        code="1",
        name="Nulle-Part",
        designation="",
        mrc="36",
        region="04",
        population=9,
        postal_code="",
        lat=None,
        lon=None,
    )
    assert place_around(town, "04") is None
    lat, lon = place_around(None, "04")
    assert (45 < lat < 49, -75 < lon < -71) == (True, True)
    assert place_around(None, None) is None


def test_finding_candidates_costs_the_same_sql_for_1_and_3(django_assert_num_queries):
    tender = TenderFactory()
    cleaner()
    keys(tender)  # the names of regions and towns are read once for the process
    with django_assert_num_queries(3):
        assert len(keys(tender)) == 1
    cleaner()
    cleaner()
    with django_assert_num_queries(3):
        assert len(keys(tender)) == 3
