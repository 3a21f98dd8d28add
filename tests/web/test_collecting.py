"""The collector of reference cycles rests during a batch, and is at work again whatever became of it."""

import gc

import pytest

from marketplace.web.collecting import collector_at_rest
from suppliers.importing.writer import SupplierWriter
from tests.suppliers import test_import_jobs as jobs


def test_it_is_at_work_again_after_an_error_and_after_a_batch_within_a_batch():
    with collector_at_rest():
        with collector_at_rest():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), collector_at_rest():
        raise KeyError
    assert gc.isenabled()


@pytest.mark.django_db
def test_it_rests_while_an_import_writes(pole_staff, monkeypatch):
    seen, write = [], SupplierWriter.write
    monkeypatch.setattr(
        SupplierWriter, "write", lambda self, rows: (seen.append(gc.isenabled()), write(self, rows))
    )
    jobs.run(jobs.brought("Nom;Ville\nLes Jardins;Shawinigan", pole_staff), pole_staff)
    assert seen == [False]
    assert gc.isenabled()
