"""The nightly rebuild brings the directory what no verb brought."""

import pytest

from suppliers.models import DirectoryEntry
from suppliers.tasks import rebuild_directory
from tests import factories


@pytest.mark.django_db
def test_rebuild_brings_a_sheet_that_no_verb_indexed():
    supplier = factories.SupplierFactory(indexed=False)
    assert not DirectoryEntry.objects.exists()
    rebuild_directory()
    assert DirectoryEntry.objects.get().supplier == supplier
