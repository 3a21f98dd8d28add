"""Past notices as neighbours: whose are most alike, who bids beside whom, and that only what is new is read."""

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.matching.candidates import find_candidates
from marketplace.matching.experience import learn_experience
from marketplace.matching.models import Experience
from marketplace.matching.past_notices import cut_titles, find_neighbours
from marketplace.matching.suggestions import suggest_for_tender
from marketplace.matching.tenders import read_tender
from tests.factories import AwardFactory, SupplierFactory, TenderFactory

pytestmark = pytest.mark.django_db


def won(supplier, title, **fields):
    tender = TenderFactory(title=title, status="complete", **fields)
    AwardFactory(tender=tender, neq=supplier.organisation.neq)
    return tender


def neighbours(tender):
    asked = read_tender(tender)
    return find_neighbours(asked.tender, asked.learnt)


def test_titles_are_cut_whole_and_each_piece_counts_once():
    whose, pieces = cut_titles(["Déneigement", "", "de la", "deneigement DENEIGEMENT des"])
    assert set(whose.tolist()) == {0, 3}
    assert set(pieces[whose == 0].tolist()) <= set(pieces[whose == 3].tolist())
    assert len(cut_titles(["é"])[0]) == 0
    assert np.all(np.diff(whose) >= 0)


def test_the_most_alike_come_first_and_those_who_bid_beside_them_are_candidates():
    plough, beside, other = (SupplierFactory(offers=[], activity="", serves=["R04"]) for _ in range(3))
    past = won(plough, "Déneigement des rues et des stationnements")
    Experience.objects.create(supplier=beside, tender=past, won=False)
    won(beside, "Pavage du rang Sud", unspsc=[], region_id=None)
    won(other, "Analyses de laboratoire", unspsc=[], region_id=None)
    learn_experience(by=None)
    asked = read_tender(TenderFactory(title="Déneigement de rues et stationnement municipal", unspsc=[]))
    found = find_neighbours(asked.tender, asked.learnt)
    assert found.of(plough.pk)[0] > found.of(beside.pk)[0] > found.of(other.pk)[0] == 0
    assert found.of(beside.pk)[1] > 0 == found.of(0)[0]
    assert found.nearest([plough.pk, other.pk]) == [past.pk]
    assert {plough.pk, beside.pk} <= {profile.key for profile in find_candidates(asked)}


def test_the_best_neighbour_is_the_reason_even_in_other_words():
    supplier = SupplierFactory(offers=[("Divers", "")], activity="", serves=["R04"])
    won(supplier, "Déneigements municipaux")
    learn_experience(by=None)
    [suggestion] = suggest_for_tender(tender=TenderFactory(title="Déneigement municipal", unspsc=[]), by=None)
    named = [r["params"]["named"] for r in suggestion.reasons if r["kind"] == "past"]
    assert named[0][0]["title"] == "Déneigements municipaux"


def test_only_what_is_new_or_changed_is_read_again():
    supplier = SupplierFactory()
    first = won(supplier, "Déneigement des rues")
    learn_experience(by=None)
    tender = TenderFactory(title="Déneigement")
    before = neighbours(tender).past
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert neighbours(tender).past is before
    assert len(asked) == 1
    second = won(supplier, "Déneigement du stationnement")
    learn_experience(by=None)
    with CaptureQueriesContext(connection) as asked:
        after = neighbours(tender).past
    assert len(asked) == 4
    assert f"{{{second.pk}}}" in asked[-1]["sql"] or str(second.pk) in asked[-1]["sql"]
    assert str(first.pk) not in asked[-1]["sql"].partition("ANY")[2]
    assert after.ids.tolist() == [first.pk, second.pk]
    assert neighbours(tender).of(supplier.pk)[0] > 0
    first.awards.all().delete()
    learn_experience(by=None)
    assert neighbours(tender).past.ids.tolist() == [second.pk]
