"""A bucket that answers from memory, and a site that keeps its files there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.files.storage import storages
from django.core.files.storage.handler import StorageHandler

from marketplace.web.bucket import Bucket, read_bucket_url
from tests.web.bucket.server import Server

BACKEND = "marketplace.web.bucket_storage.BucketStorage"


def keep_in(bucket: Bucket | None, settings, monkeypatch) -> None:
    """As the settings do where S3_URL is set."""
    settings.BUCKET = bucket
    made = StorageHandler(
        {
            alias: {"BACKEND": BACKEND, "OPTIONS": {"bucket": bucket, "location": folder}}
            for alias, folder in (("default", "media"), ("private", "private"))
        }
    )
    for alias in ("default", "private"):
        monkeypatch.setitem(storages._storages, alias, made[alias])


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[Server]:
    """One for all tests: a client is made for each server, and takes its time."""
    with Server() as server:
        yield server
        server.shutdown()


@pytest.fixture
def bucket(bucket_server, settings, monkeypatch) -> Server:
    """The server, empty and well; its `objects` are what the bucket holds."""
    bucket_server.objects.clear()
    bucket_server.asked.clear()
    bucket_server.fails = lambda method, key: 0
    keep_in(read_bucket_url(bucket_server.url), settings, monkeypatch)
    return bucket_server


@pytest.fixture
def dead_bucket(settings, monkeypatch) -> Bucket:
    """Nobody listens there."""
    found = read_bucket_url("s3://cle:tr3s-secret@127.0.0.1:9/maillage-essai?secure=0")
    keep_in(found, settings, monkeypatch)
    return found
