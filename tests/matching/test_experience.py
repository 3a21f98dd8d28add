"""What was won or bid on becomes terms; what is taken back leaves them."""

import pytest

from buyers.models import Bidder
from marketplace.matching.experience import learn_experience
from marketplace.matching.models import Experience, TermCount, Track, Trait
from tests.factories import AwardFactory, SupplierFactory, TenderFactory

pytestmark = pytest.mark.django_db


def won(supplier, **fields):
    tender = TenderFactory(status="complete", **fields)
    AwardFactory(tender=tender, neq=supplier.organisation.neq, name="Gagnante")
    return tender


def terms(supplier):
    return dict(Trait.objects.filter(supplier=supplier).values_list("term", "weight"))


def test_learn_keeps_the_terms_of_what_was_won():
    supplier = SupplierFactory()
    won(supplier, title="Entretien ménager des bureaux", unspsc=["76111500"], seao_category_id="S9")
    learn_experience(by=None)
    found = terms(supplier)
    assert {"w:entretien", "w:menag", "w:bureau", "u:76", "u:7611", "u:761115", "c:S9", "r:04"} <= set(found)
    assert not {"w:des", "w:le"} & set(found)
    assert set(found.values()) == {1.0}
    track = Track.objects.get(supplier=supplier)
    assert (track.notices, track.wins, track.words) == (1.0, 1, 3.0)


def test_an_award_that_only_names_its_neq_finds_the_supplier_imported_later():
    award = AwardFactory(neq="1198777777", organisation=None)
    supplier = SupplierFactory()
    supplier.organisation.neq = "1198777777"
    supplier.organisation.save()
    learn_experience(by=None)
    assert list(Experience.objects.values_list("supplier", "tender", "won")) == [
        (supplier.pk, award.tender_id, True)
    ]


def test_a_bid_counts_half():
    supplier = SupplierFactory()
    tender = TenderFactory(title="Bancs de parc")
    Bidder.objects.create(tender=tender, neq=supplier.organisation.neq, name="Une")
    Bidder.objects.create(tender=tender, party_id="FO-2", name="Sans NEQ")
    learn_experience(by=None)
    assert terms(supplier)["w:banc"] == 0.5
    assert Track.objects.get(supplier=supplier).wins == 0


def test_an_award_taken_back_is_forgotten():
    supplier = SupplierFactory()
    tender = won(supplier)
    learn_experience(by=None)
    assert terms(supplier)
    tender.awards.update(status="cancelled")
    learn_experience(by=None)
    assert not terms(supplier)
    assert not Experience.objects.exists()
    assert not Track.objects.exists()


def test_learning_twice_changes_nothing():
    supplier = SupplierFactory()
    won(supplier)
    learn_experience(by=None)
    first = (terms(supplier), dict(TermCount.objects.values_list("term", "notices")))
    learn_experience(by=None)
    assert (terms(supplier), dict(TermCount.objects.values_list("term", "notices"))) == first


def test_learning_for_one_supplier_leaves_the_others():
    one, other = SupplierFactory(), SupplierFactory()
    won(one, title="Bancs")
    won(other, title="Tables")
    learn_experience(supplier_ids=[one.pk], by=None)
    assert "w:banc" in terms(one)
    assert not terms(other)


def test_term_counts_say_how_many_notices_carry_a_term():
    TenderFactory(title="Bancs de parc", unspsc=["56101600", "56101700"])
    TenderFactory(title="Bancs publics", unspsc=["56101600"])
    learn_experience(by=None)
    counts = dict(TermCount.objects.values_list("term", "notices"))
    assert (counts["w:banc"], counts["w:parc"], counts["u:5610"], counts["#"]) == (2, 1, 2, 2)
    assert counts["#w"] == 4


def test_the_same_buyer_is_the_same_term_however_it_is_written():
    supplier = SupplierFactory()
    won(supplier, buyer_name="Ville de Québec")
    won(supplier, buyer_name="VILLE DE QUEBEC.")
    learn_experience(by=None)
    assert [(t, n) for t, n in terms(supplier).items() if t.startswith("b:")] == [("b:Nville de quebec", 2.0)]
