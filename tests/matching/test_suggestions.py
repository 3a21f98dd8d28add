"""Suggestions are kept with their reasons, follow the notice's versions and leave with what they stood on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.matching.experience import learn_experience
from marketplace.matching.models import Suggestion
from marketplace.matching.suggestions import (
    bring_tender_back,
    set_tender_aside,
    suggest_for_supplier,
    suggest_for_tender,
)
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Status, Supplier
from tests.factories import AwardFactory, SupplierFactory, TenderFactory

pytestmark = pytest.mark.django_db


def cleaner(**fields):
    defaults = {"offers": [("Entretien ménager", "76111500")], "serves": ["R04"], "activity": ""}
    return SupplierFactory(**(defaults | fields))


def test_suggest_for_tender_keeps_ranks_points_and_reasons():
    one = cleaner()
    other = cleaner(offers=[("Lavage de vitres", "76111501")])
    tender = TenderFactory()
    kept = suggest_for_tender(tender=tender, by=None)
    assert [(s.supplier_id, s.rank) for s in Suggestion.objects.order_by("rank")] == [
        (one.pk, 1),
        (other.pk, 2),
    ]
    assert [s.pk for s in kept] == list(Suggestion.objects.order_by("rank").values_list("pk", flat=True))
    first = Suggestion.objects.get(rank=1)
    assert first.points >= 30
    assert first.tender_version == tender.version
    assert [reason["kind"] for reason in first.reasons] == ["code", "text", "area"]
    assert first.reasons[0]["params"]["offer"] == "Entretien ménager"


def test_suggest_for_tender_twice_keeps_the_same_rows():
    cleaner()
    tender = TenderFactory()
    before = [s.pk for s in suggest_for_tender(tender=tender, by=None)]
    assert [s.pk for s in suggest_for_tender(tender=tender, by=None)] == before
    assert Suggestion.objects.count() == 1


def test_a_new_version_drops_what_no_longer_holds():
    cleaner()
    tender = TenderFactory()
    suggest_for_tender(tender=tender, by=None)
    baker = cleaner(offers=[("Pains et viennoiseries", "50181900")])
    tender.title, tender.unspsc, tender.version = "Fourniture de pains", ["50181900"], "20261102120000"
    tender.save()
    suggest_for_tender(tender=tender, by=None)
    assert list(Suggestion.objects.values_list("supplier", "tender_version")) == [
        (baker.pk, "20261102120000")
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "cancelled"},
        {"closes_at": timezone.now() - timedelta(hours=1)},
        {"closes_at": None, "awarded": "whole"},
    ],
)
def test_a_notice_that_cannot_be_answered_has_no_suggestions(change):
    cleaner()
    tender = TenderFactory()
    assert suggest_for_tender(tender=tender, by=None)
    for name, value in change.items():
        setattr(tender, name, value)
    tender.save()
    assert suggest_for_tender(tender=tender, by=None) == []
    assert not Suggestion.objects.exists()


def test_a_supplier_is_found_by_the_one_lot_that_it_fits():
    one = cleaner()
    lots = [
        "Achat de camions",
        "Location de nacelles",
        "Entretien ménager des écoles",
        "Papier",
        "Abattage d’arbres",
    ]
    tender = TenderFactory(title="Services divers", unspsc=[], lots_text="\n".join(lots))

    [suggestion] = suggest_for_tender(tender=tender, by=None)

    assert suggestion.supplier == one
    again = suggest_for_supplier(supplier=one, by=None)
    assert [found.tender for found in again] == [tender]
    alone = TenderFactory(title="Entretien ménager des écoles", unspsc=[])
    assert suggest_for_tender(tender=alone, by=None)[0].points >= suggestion.points > 0.6 * _points(alone)


def _points(tender) -> int:
    return Suggestion.objects.get(tender=tender).points


def test_past_contracts_are_named_among_the_reasons():
    one = cleaner()
    past = TenderFactory(
        title="Entretien ménager de la mairie", status="complete", buyer_name="Ville de Grand-Mère"
    )
    AwardFactory(tender=past, neq=one.organisation.neq)
    learn_experience(by=None)
    [suggestion] = suggest_for_tender(tender=TenderFactory(buyer_name="Ville de Shawinigan"), by=None)
    [reason] = [reason for reason in suggestion.reasons if reason["kind"] == "past"]
    assert reason["params"]["named"] == [
        {
            "title": "Entretien ménager de la mairie",
            "buyer": "Ville de Grand-Mère",
            "year": past.published_at.year,
        }
    ]


def test_suggest_for_tender_costs_the_same_sql_for_1_and_3():
    def cost():
        with CaptureQueriesContext(connection) as captured:
            suggest_for_tender(tender=tender, by=None)
        return len(captured)

    tender = TenderFactory()
    won = cleaner()
    AwardFactory(tender=TenderFactory(status="complete"), neq=won.organisation.neq)
    learn_experience(by=None)
    suggest_for_tender(tender=tender, by=None)  # what is read once for the process
    for_one = cost()
    cleaner(), cleaner()
    assert cost() == for_one <= 10
    assert Suggestion.objects.count() == 3


def test_suggest_for_supplier_keeps_its_best_open_notices():
    fits = TenderFactory()
    TenderFactory(title="Pains", unspsc=["50181900"])
    TenderFactory(closes_at=timezone.now() - timedelta(days=1))
    TenderFactory(region_id="13", mrc_id="65")
    one = cleaner()
    [suggestion] = suggest_for_supplier(supplier=one, by=None)
    assert suggestion.tender == fits
    assert suggestion.reasons


def test_both_ways_give_the_same_points_and_reasons():
    tender, one = TenderFactory(), cleaner()
    [from_tender] = suggest_for_tender(tender=tender, by=None)
    [from_supplier] = suggest_for_supplier(supplier=one, by=None)
    assert (from_tender.points, from_tender.reasons) == (from_supplier.points, from_supplier.reasons)


def test_a_newcomer_takes_its_rank_among_the_others():
    tender = TenderFactory()
    weak = cleaner(offers=[("Lavage de vitres", "76111501")])
    suggest_for_tender(tender=tender, by=None)
    strong = cleaner()
    suggest_for_supplier(supplier=strong, by=None)
    ranks = dict(Suggestion.objects.values_list("supplier", "rank"))
    assert ranks == {strong.pk: 1, weak.pk: 2}


def test_a_sheet_that_is_no_longer_published_loses_its_suggestions():
    TenderFactory()
    one, other = cleaner(), cleaner()
    for supplier in (one, other):
        suggest_for_supplier(supplier=supplier, by=None)
    Supplier.objects.filter(pk=one.pk).update(status=Status.SUSPENDED)
    reindex_suppliers(supplier_ids=[one.pk])
    assert suggest_for_supplier(supplier=one, by=None) == []
    assert list(Suggestion.objects.values_list("supplier", flat=True)) == [other.pk]


def test_what_was_set_aside_stays_so_when_suggestions_are_computed_again():
    one, tender = cleaner(), TenderFactory()
    set_tender_aside(supplier=one, tender=tender, by=None)  # before any suggestion
    suggest_for_tender(tender=tender, by=None)
    kept = Suggestion.objects.get()
    assert kept.points >= 30
    assert not Suggestion.objects.wanted().exists()
    tender.title, tender.unspsc = "Fourniture de pains", ["50181900"]
    tender.save()
    suggest_for_tender(tender=tender, by=None)
    suggest_for_supplier(supplier=one, by=None)
    assert Suggestion.objects.get().set_aside_at == kept.set_aside_at


def test_what_is_brought_back_is_suggested_only_if_it_fits():
    one, fits, other = cleaner(), TenderFactory(), TenderFactory(title="Pains", unspsc=["50181900"])
    for tender in (fits, other):
        set_tender_aside(supplier=one, tender=tender, by=None)
        bring_tender_back(supplier=one, tender=tender, by=None)
    assert Suggestion.objects.wanted().get().tender == fits
    assert Suggestion.objects.count() == 1
