"""A private folder of its own for each test."""

from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.storage.handler import StorageHandler


@pytest.fixture
def private(settings, tmp_path, monkeypatch) -> Path:
    """The folder where private files lie."""
    root = tmp_path / "private"
    made = StorageHandler(
        {**settings.STORAGES, "private": {**settings.STORAGES["private"], "OPTIONS": {"location": str(root)}}}
    )
    monkeypatch.setitem(storages._storages, "private", made["private"])
    return root
