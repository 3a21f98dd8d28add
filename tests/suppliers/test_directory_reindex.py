"""The read model says what the published sheets say, and nothing of the others."""

import pytest

from marketplace.classification.models import Certification, Purpose
from marketplace.territories.models import Mrc
from suppliers.directory_index import reindex_suppliers
from suppliers.models import (
    DirectoryEntry,
    DirectoryFacets,
    DirectoryText,
    Offer,
    SearchWord,
    ServedArea,
    Status,
)
from tests.factories import SupplierFactory, unspsc

pytestmark = pytest.mark.django_db


def entry(supplier) -> DirectoryEntry:
    return DirectoryEntry.objects.get(supplier=supplier)


def test_reindex_expands_codes_to_every_level():
    supplier = SupplierFactory(offers=[("Mobilier", "56101600"), ("Meubles", "56000000")])
    assert entry(supplier).codes == ["56", "5610", "561016"]


def test_reindex_writes_the_facets_of_the_sheet():
    supplier = SupplierFactory(name="L’Étable Œuvrière", indexed=False)
    supplier.purposes.set(Purpose.objects.order_by("code")[:2])
    supplier.certifications.set(Certification.objects.order_by("code")[:1])
    reindex_suppliers(supplier_ids=[supplier.pk])
    facets = DirectoryFacets.objects.get(entry=supplier.pk)
    codes = "|".join(Purpose.objects.order_by("code").values_list("code", flat=True)[:2])
    assert facets.purposes == f"|{codes}|"
    assert facets.certifications == f"|{Certification.objects.order_by('code').first().code}|"
    assert (facets.region, facets.mrc, facets.capacity) == ("04", "371", 100_000)
    assert facets.sort_name == "l etable oeuvriere"


def test_reindex_takes_the_capacity_of_the_offers_where_the_sheet_has_none():
    supplier = SupplierFactory(capacity=None, indexed=False)
    Offer.objects.create(supplier=supplier, title="Petit", capacity=5_000)
    Offer.objects.create(supplier=supplier, title="Grand", capacity=40_000)
    reindex_suppliers(supplier_ids=[supplier.pk])
    assert entry(supplier).capacity == 40_000


@pytest.mark.parametrize(
    ("serves", "tokens"),
    [
        ([], ["371"]),  # its own MRC
        (["51"], ["51"]),
        (["R04"], ["R04"]),
        (["R04", "51", "23"], ["23", "R04"]),  # the region says more than one of its MRCs
        (["65"], ["R13"]),  # Laval is a region of one MRC: serving it is serving all of it
        (["Q", "51", "R04"], ["Q"]),
    ],
)
def test_reindex_keeps_the_widest_served_places(serves, tokens):
    assert entry(SupplierFactory(serves=serves)).serves == tokens


def test_reindex_reads_a_region_served_mrc_by_mrc_as_a_whole_region():
    mrcs = list(Mrc.objects.filter(region="04").values_list("code", flat=True))
    assert entry(SupplierFactory(serves=mrcs)).serves == ["R04"]
    assert entry(SupplierFactory(serves=mrcs[1:])).serves == sorted(mrcs[1:])


def test_reindex_without_area_in_a_region_of_one_mrc_serves_that_region():
    assert entry(SupplierFactory(mrc=Mrc.objects.get(code="65"))).serves == ["R13"]


def test_reindex_counts_the_areas_of_offers_too():
    supplier = SupplierFactory(serves=["51"], offers=[("Mobilier", None)], indexed=False)
    ServedArea.objects.create(supplier=supplier, offer=supplier.offers.get(), region_id="06")
    reindex_suppliers(supplier_ids=[supplier.pk])
    assert entry(supplier).serves == ["51", "R06"]


def test_reindex_without_any_place_serves_nowhere():
    supplier = SupplierFactory(organisation__mrc=None, organisation__region=None)
    assert entry(supplier).serves == []


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
def test_reindex_takes_out_what_is_not_published(status):
    supplier, other = SupplierFactory(name="Menuiserie Zibeline"), SupplierFactory()
    supplier.status = status
    supplier.save()
    reindex_suppliers(supplier_ids=[supplier.pk])
    assert list(DirectoryEntry.objects.values_list("pk", flat=True)) == [other.pk]
    assert list(DirectoryText.objects.values_list("pk", flat=True)) == [other.pk]
    assert list(DirectoryFacets.objects.values_list("pk", flat=True)) == [other.pk]


def test_reindex_forgets_the_words_of_a_withdrawn_sheet():
    supplier = SupplierFactory(name="Menuiserie Zibeline")
    SupplierFactory(name="Menuiserie du Fleuve")
    supplier.status = Status.SUSPENDED
    supplier.save()
    reindex_suppliers(supplier_ids=[supplier.pk])
    assert not SearchWord.objects.filter(word="zibeline").exists()
    assert SearchWord.objects.filter(word="menuiserie").exists()


def test_reindex_of_all_agrees_with_reindex_one_by_one():
    suppliers = [
        SupplierFactory(offers=[("Mobilier", "56101600")], serves=["R04"]),
        SupplierFactory(name="L’Érablière d’à côté"),
    ]
    hidden = SupplierFactory(status=Status.DRAFT, name="Brouillon Secret")

    def rows():
        words = SearchWord.objects.order_by("pk").values_list("word", "lexeme", "shown")
        tables = [
            model.objects.order_by("pk").values()
            for model in (DirectoryEntry, DirectoryFacets, DirectoryText)
        ]
        return [list(words), *map(list, tables)]

    one_by_one = rows()
    DirectoryText.objects.all().delete()
    DirectoryFacets.objects.all().delete()
    DirectoryEntry.objects.all().delete()
    reindex_suppliers()
    assert rows() == one_by_one
    reindex_suppliers()
    assert rows() == one_by_one
    assert {s.pk for s in suppliers} == set(DirectoryEntry.objects.values_list("pk", flat=True))
    assert hidden.pk not in DirectoryEntry.objects.values_list("pk", flat=True)
    assert not SearchWord.objects.filter(word="secret").exists()


def test_reindex_of_none_touches_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        reindex_suppliers(supplier_ids=[])


def test_reindex_costs_the_same_for_one_supplier_and_for_three(django_assert_max_num_queries):
    suppliers = [SupplierFactory(offers=[("Mobilier", "56101600")]) for _ in range(3)]
    for chosen in (suppliers[:1], suppliers):
        with django_assert_max_num_queries(14):
            reindex_suppliers(supplier_ids=[supplier.pk for supplier in chosen])


def test_search_words_show_their_accents():
    SupplierFactory(name="ENTRETIEN MENAGER DU NORD")
    SupplierFactory(name="Entretien ménager du Sud", offers=[("Boîtes", None)])
    assert SearchWord.objects.get(word="boites").shown == "boîtes"
    reindex_suppliers()
    assert SearchWord.objects.get(word="menager").shown == "ménager"


def test_unspsc_labels_are_searched():
    code = unspsc("76111500")
    code.label = "Services de nettoyage"
    code.save()
    supplier = SupplierFactory(offers=[("Conciergerie", "76111500")])
    assert "Services de nettoyage" in DirectoryText.objects.get(pk=supplier.pk).details
