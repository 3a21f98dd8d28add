"""The nightly rebuild brings the directory what no verb brought."""

from unittest import mock

import pytest

from suppliers.models import DirectoryEntry
from suppliers.tasks import count_words, rebuild_directory
from tests import factories


@pytest.mark.django_db
def test_rebuild_brings_a_sheet_that_no_verb_indexed():
    supplier = factories.SupplierFactory(indexed=False)
    assert not DirectoryEntry.objects.exists()
    with (
        mock.patch.object(rebuild_directory, "delay", rebuild_directory),
        mock.patch.object(count_words, "delay") as last,
    ):
        rebuild_directory()
    assert last.called
    assert DirectoryEntry.objects.get().supplier == supplier
