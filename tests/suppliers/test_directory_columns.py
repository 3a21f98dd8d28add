"""The columns of a process follow the directory: brought up to date row by row, they are what reading all would give."""

import random
from datetime import timedelta

import numpy as np
import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.web.list_versions import ListChange, forget_list_changes, record_list_change
from suppliers import directory_columns
from suppliers.directory_columns import CODED, DIRECTORY, DirectoryColumns, current_columns, forget_columns
from suppliers.directory_index import reindex_suppliers
from suppliers.facets import FACETS
from suppliers.models import Status, Supplier
from tests.factories import SupplierFactory


def told(columns: DirectoryColumns) -> list[tuple]:
    """Every row in words, in the order of names."""
    numbers = (columns.ids, columns.capacity, columns.verified_on, columns.verified_until, columns.name_rank)
    texts = [[coded.values[code] for code in coded.codes] for coded in map(columns.coded.get, CODED)]
    seats = np.nan_to_num(columns.lat), np.nan_to_num(columns.lon)
    return [tuple(column[row] for column in (*numbers, *seats, *texts)) for row in columns.by_name]


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """How often all was read."""
    told_of: list[str] = []
    read_all = directory_columns._read_all

    def noted() -> DirectoryColumns:
        told_of.append("all")
        return read_all()

    forget_columns()
    monkeypatch.setattr(directory_columns, "_read_all", noted)
    return told_of


def test_changed_rows_alone_give_what_reading_all_gives(db, reads):
    dice = random.Random(7)
    names = ["Abeille", "Boréal", "Boréal", "Cèdre", "Érable", "Zénith"]
    for name in names:
        SupplierFactory(name=name, serves=["371"], capacity=10_000)
    current_columns()
    assert reads == ["all"]
    for round_ in range(25):
        for _ in range(dice.randrange(4)):
            if dice.random() < 0.3:
                SupplierFactory(
                    name=dice.choice(names),
                    serves=dice.choice([["Q"], ["R04"], []]),
                    proved=dice.choice([0, 6]),
                    proved__on=timezone.localdate() - timedelta(days=round_),
                )
                continue
            supplier = dice.choice(Supplier.objects.select_related("organisation").all())
            supplier.organisation.name = dice.choice(names)
            supplier.organisation.save()
            supplier.capacity = dice.choice([None, round_ * 1_000, 100_000])
            supplier.status = dice.choice([Status.PUBLISHED, Status.PUBLISHED, Status.SUSPENDED])
            supplier.save()
            reindex_suppliers(supplier_ids=[supplier.pk])
        followed = current_columns()
        assert told(followed) == told(directory_columns._read_state()), round_
        assert followed is current_columns()
    assert reads == ["all"]


def test_unknown_changes_and_forgotten_ones_have_all_read_again(db, reads):
    SupplierFactory(name="Abeille")
    assert len(current_columns()) == 1
    reindex_suppliers()  # rewrites nothing that is as it was
    current_columns()
    assert reads == ["all"]
    record_list_change(DIRECTORY)
    current_columns()
    assert reads == ["all", "all"]
    SupplierFactory(name="Boréal")
    SupplierFactory(name="Cèdre")
    forget_list_changes()  # of two changes that this process has not seen, one is no longer there to be seen
    assert len(current_columns()) == 3
    assert reads == ["all"] * 3


def test_what_was_rolled_back_is_never_kept(db, reads):
    SupplierFactory(name="Abeille")
    with transaction.atomic():
        SupplierFactory(name="Boréal")
        assert len(current_columns()) == 2
        last = ListChange.objects.latest("pk")
        transaction.set_rollback(True)
    again = SupplierFactory(name="Cèdre", indexed=False)
    reindex_suppliers(supplier_ids=[again.pk])
    newest = ListChange.objects.filter(pk=ListChange.objects.latest("pk").pk)
    newest.update(id=last.pk)  # its number comes back, as after a restoration
    assert [current_columns().ids[-1], len(current_columns())] == [again.pk, 2]


def test_columns_of_every_facet_are_read(db):
    columns = current_columns()
    assert {facet.column for facet in FACETS} <= {*columns.coded, *vars(columns)}
    assert columns.coded["mrc"].count() == {}
