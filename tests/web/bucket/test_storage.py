"""Private files in a bucket: kept, given back by our own page alone, let go, swept."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import Http404
from django.utils import timezone

from marketplace.web.bucket import BucketFault
from marketplace.web.private_files import (
    PrivateFile,
    delete_private_file,
    private_file_response,
    store_private_file,
)
from marketplace.web.private_files.storage import sweep_private_files
from tests import factories
from tests.web.bucket.server import Held
from tests.web.private_files import samples

pytestmark = pytest.mark.django_db


def store(content: bytes = samples.PDF) -> PrivateFile:
    return store_private_file(
        upload=samples.upload(content, "statuts.pdf"), by=None, holder=factories.UserFactory()
    )


def test_file_lies_in_the_bucket_without_a_word_about_itself(bucket):
    file = store()
    assert {key: held.content for key, held in bucket.objects.items()} == {
        f"private/{file.place}": samples.PDF
    }
    (put,) = [asked for asked in bucket.asked if asked.method == "PUT"]
    assert "x-amz-acl" not in put.headers, "the bucket's own rule stands"
    assert "statuts" not in str(put.headers)
    assert "/ca-central-1/s3/" in put.headers["authorization"]


def test_large_file_goes_in_and_comes_out_whole(bucket):
    stream = b"<< /Length 9000000 >>\nstream\n" + b"x" * 9_000_000
    file = store(samples.PDF.replace(b"<< /Length 0 >>\nstream\n", stream))
    answer = private_file_response(file)
    content = b"".join(answer)
    assert answer["Content-Length"] == str(file.size) == str(len(content))
    assert hashlib.sha256(content).hexdigest() == file.sha256


def test_answer_is_the_attachment_that_a_disk_gives(bucket):
    answer = private_file_response(store())
    assert b"".join(answer) == samples.PDF
    assert answer["Content-Disposition"] == 'attachment; filename="statuts.pdf"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]


def test_nothing_has_an_address(bucket):
    for alias in ("private", "default"):
        with pytest.raises(ValueError, match="no address"):
            storages[alias].url("ab/abc")


def test_two_storages_share_the_bucket_and_nothing_in_it(bucket):
    storages["default"].save("logo.png", ContentFile(b"public"))
    assert not storages["private"].exists("logo.png")
    assert list(bucket.objects) == ["media/logo.png"]
    assert storages["default"].save("logo.png", ContentFile(b"other")) != "logo.png"


def test_object_that_is_gone_does_not_exist(bucket):
    file = store()
    bucket.objects.clear()
    with pytest.raises(Http404):
        private_file_response(file)


def test_sweep_takes_what_belongs_to_nobody(bucket, django_capture_on_commit_callbacks):
    for _file in range(3):
        store()
    bucket.objects["private/ab/" + "ab" * 16] = Held(b"of a transaction that was undone")
    assert sweep_private_files(by=None) == (0, 0)
    with (
        time_machine.travel(timezone.now() + timedelta(days=2)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert sweep_private_files(by=None) == (3, 4), "those of the rows are gone before the commit asks"
    assert not bucket.objects


def test_what_the_bucket_did_not_let_go_is_swept_later(bucket, caplog, django_capture_on_commit_callbacks):
    file = store()
    bucket.fails = lambda method, key: 503 if method == "DELETE" else 0
    with django_capture_on_commit_callbacks(execute=True):
        delete_private_file(file=file, by=None)
    assert bucket.objects
    assert "file_not_removed" in caplog.text
    bucket.fails = lambda method, key: 0
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert sweep_private_files(by=None) == (0, 1)
    assert not bucket.objects


def test_sweep_where_the_bucket_is_empty_or_new(bucket):
    assert sweep_private_files(by=None) == (0, 0)


@pytest.mark.parametrize("code", [403, 503])
def test_fault_is_one_of_a_disk_and_repeats_nothing_that_was_sent(bucket, code):
    """The fake repeats our Authorization header in its message, as some servers do."""
    bucket.fails = lambda method, key: code
    private = storages["private"]
    for ask in (
        lambda: private.save("ab/x", ContentFile(b"x")),
        lambda: private.open("ab/x"),
        lambda: private.delete("ab/x"),
        lambda: private.listdir(""),
        lambda: private.exists("ab/x"),
    ):
        with pytest.raises(BucketFault) as fault:
            ask()
        assert fault.value.__suppress_context__
        assert str(fault.value).startswith("maillage-essai (127.0.0.1:")
        assert not any(word in str(fault.value) for word in ("CLE", "secret", "Credential", "private/ab"))


def test_one_busy_moment_is_not_noticed(bucket):
    moments = [503]
    bucket.fails = lambda method, key: moments.pop() if moments else 0
    assert b"".join(private_file_response(store())) == samples.PDF
