"""What matching does when a notice arrives or a sheet is published, once or twice."""

import pytest

from marketplace.matching import event_handlers as handlers
from marketplace.matching.models import Suggestion
from marketplace.outbox.models import Event
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Status, Supplier
from tests.factories import SupplierFactory, TenderFactory

pytestmark = pytest.mark.django_db


def event(kind, subject, version="1"):
    return Event.objects.create(kind=kind, subject=subject, version=version)


def cleaner(**fields):
    return SupplierFactory(
        **({"offers": [("Entretien ménager", "76111500")], "serves": ["R04"], "activity": ""} | fields)
    )


def computed():
    return list(
        Event.objects.filter(kind="suggestions.computed").order_by("pk").values_list("subject", "version")
    )


def test_an_imported_notice_is_answered_by_suggestions_and_an_event():
    cleaner()
    tender = TenderFactory()
    handlers.suggest_suppliers(event("tender.imported", f"tender:{tender.pk}", "20261101120000"))
    assert Suggestion.objects.filter(tender=tender).count() == 1
    assert computed() == [(f"tender:{tender.pk}", "20261101120000")]


def test_hearing_twice_of_a_notice_says_it_once():
    cleaner()
    tender = TenderFactory()
    heard = event("tender.imported", f"tender:{tender.pk}")
    handlers.suggest_suppliers(heard)
    handlers.suggest_suppliers(heard)
    assert Suggestion.objects.count() == 1
    assert len(computed()) == 1


def test_a_notice_that_fits_nobody_posts_nothing():
    tender = TenderFactory()
    handlers.suggest_suppliers(event("tender.imported", f"tender:{tender.pk}"))
    assert computed() == []


def test_a_notice_deleted_meanwhile_is_passed_over():
    handlers.suggest_suppliers(event("tender.imported", "tender:999999"))
    handlers.suggest_notices(event("supplier.published", "supplier:999999"))
    handlers.drop_suggestions(event("supplier.unpublished", "supplier:999999"))


def test_a_published_sheet_is_told_of_its_best_notices_only():
    tenders = [TenderFactory() for _ in range(7)]
    one = cleaner()
    handlers.suggest_notices(event("supplier.published", f"supplier:{one.pk}", "12"))
    assert Suggestion.objects.filter(supplier=one).count() == len(tenders)
    assert len(computed()) == handlers.TOLD_AT_ONCE
    assert {version for _subject, version in computed()} == {f"{one.pk}.12"}


def test_an_unpublished_sheet_loses_its_suggestions():
    tender, one = TenderFactory(), cleaner()
    handlers.suggest_suppliers(event("tender.imported", f"tender:{tender.pk}"))
    Supplier.objects.filter(pk=one.pk).update(status=Status.ARCHIVED)
    reindex_suppliers(supplier_ids=[one.pk])
    handlers.drop_suggestions(event("supplier.unpublished", f"supplier:{one.pk}"))
    assert not Suggestion.objects.exists()


def test_a_sheet_published_again_meanwhile_keeps_its_suggestions():
    tender, one = TenderFactory(), cleaner()
    handlers.suggest_suppliers(event("tender.imported", f"tender:{tender.pk}"))
    handlers.drop_suggestions(event("supplier.unpublished", f"supplier:{one.pk}"))
    assert Suggestion.objects.filter(supplier=one).exists()
