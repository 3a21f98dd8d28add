"""The packed index answers as PostgreSQL's own text search does, whatever changed since it was packed."""

import random

import pytest
from django.db import connection

from suppliers import directory_index
from suppliers.directory_index import pack_changed_blocks, reindex_suppliers
from suppliers.models import DirectoryStem, Status
from suppliers.search.stem_index import Asked, Beginning, Near, ask_stems
from tests.factories import SupplierFactory

pytestmark = pytest.mark.django_db

WORDS = ["entretien", "ménager", "traiteur", "buffet", "menuiserie", "de", "la", "entretenir"]
#: A term, and the same as a tsquery.
TERMS = [
    ((("traiteur",),), "'traiteur'"),
    ((("entretien", "menag"),), "'entretien' & 'menag'"),
    ((("traiteur",), ("buffet", "menuiser"), ("nobody",)), "'traiteur' | 'buffet' & 'menuiser' | 'nobody'"),
    (((Near("entretien", "menag"),),), "'entretien' <-> 'menag' | 'entretien' <2> 'menag' | 'entretien' <3> 'menag'"),
    (((Near("buffet", "buffet"),),), "'buffet' <-> 'buffet' | 'buffet' <2> 'buffet' | 'buffet' <3> 'buffet'"),
    (((Beginning("entret"),),), "'entret':*"),
    (((Beginning("entret"), "buffet"),), "'entret':* & 'buffet'"),
]  # fmt: skip


def agree() -> int:
    """Both ways find the same; how many in all."""
    found = ask_stems([Asked(field="offers", term=term) for term, _ in TERMS])
    total = 0
    with connection.cursor() as cursor:
        for ids, (term, query) in zip(found, TERMS, strict=True):
            cursor.execute(
                "SELECT entry_id FROM suppliers_directorytext"
                " WHERE to_tsvector('public.french_unaccent', f_fold(offers_text)) @@ %s::tsquery",
                [query],
            )
            assert sorted(ids.tolist()) == sorted(one for (one,) in cursor.fetchall()), term
            total += len(ids)
    return total


def test_the_index_finds_what_text_search_finds(monkeypatch):
    monkeypatch.setattr(directory_index, "MANY", 4)
    dice = random.Random(3)
    suppliers = []
    for _ in range(12):
        title = " ".join(dice.choices(WORDS, k=dice.randrange(1, 8)))
        suppliers.append(SupplierFactory(offers=[(title, "76111500")], indexed=False))
    reindex_suppliers()
    assert agree() > 10
    assert not DirectoryStem.objects.filter(block__lt=0).exists()
    for changing in (3, 2, 5, 1):  # from four on they are packed at once
        changed = dice.sample(suppliers, changing)
        for supplier in changed:
            supplier.offers.update(title=" ".join(dice.choices(WORDS, k=5)))
            supplier.status = dice.choice([Status.PUBLISHED, Status.ARCHIVED])
            supplier.save()
        reindex_suppliers(supplier_ids=[supplier.pk for supplier in changed])
        agree()
    assert DirectoryStem.objects.filter(block__lt=0).exists()
    monkeypatch.setattr(directory_index, "WORTH_PACKING", 1)
    assert pack_changed_blocks() == 1
    assert not DirectoryStem.objects.filter(block__lt=0).exists()
    agree()
    (by_code, in_town) = ask_stems(
        [Asked(field="codes", term=(("7611",),)), Asked(field="seat", term=(("region:04",),))]
    )
    published = sorted(supplier.pk for supplier in suppliers if supplier.status == Status.PUBLISHED)
    assert sorted(by_code.tolist()) == sorted(in_town.tolist()) == published
