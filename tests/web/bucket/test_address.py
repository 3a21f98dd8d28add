"""S3_URL: every form that means something, and a message that never repeats the secret."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from marketplace.web.bucket import read_bucket_url

SECRET = "tr3s-secret"


def test_address_says_which_bucket_and_how():
    found = read_bucket_url(
        "s3://CLE:a%2Fb%40c+d@S3.exemple.ca:9000/maillage-2?region=ca-central-1&secure=0&style=virtual"
    )
    assert (found.key, found.secret) == ("CLE", "a/b@c+d")
    assert (found.name, found.endpoint) == ("maillage-2", "http://s3.exemple.ca:9000")
    assert (found.region, found.style) == ("ca-central-1", "virtual")


def test_what_is_not_said_is_safe_and_widely_known():
    found = read_bucket_url("s3://CLE:secret@minio/maillage")
    assert (found.endpoint, found.region, found.style) == ("https://minio", "us-east-1", "path")
    assert read_bucket_url("s3://CLE:secret@s3.ca-central-1.amazonaws.com/maillage").style == "virtual"
    assert read_bucket_url("") is None


def test_no_text_made_of_a_bucket_holds_its_key_or_secret():
    found = read_bucket_url(f"s3://CLEVISIBLE:{SECRET}@minio/maillage")
    for text in (repr(found), str(found), repr({"OPTIONS": {"bucket": found}})):
        assert SECRET not in text
        assert "CLEVISIBLE" not in text
        assert "maillage" in text


@pytest.mark.parametrize(
    "url",
    [
        f"https://CLE:{SECRET}@minio/maillage",
        f"CLE:{SECRET}",
        "s3://minio/maillage",
        f"s3://CLE:{SECRET}/x@minio/maillage",  # a / that was not percent-encoded
        f"s3://CLE:{SECRET}%2@minio/maillage",
        f"s3://CLE:{SECRET}%C3%A9@minio/maillage",
        f"s3://CLE:{SECRET}%0A@minio/maillage",
        f"s3://:{SECRET}@minio/maillage",
        "s3://CLE@minio/maillage",
        f"s3://CLE:{SECRET}@minio",
        f"s3://CLE:{SECRET}@/maillage",
        f"s3://CLE:{SECRET}@minio/maillage/private",
        f"s3://CLE:{SECRET}@minio/Maillage",
        f"s3://CLE:x@minio:{SECRET}/maillage",
        f"s3://CLE:{SECRET}@[minio/maillage",
        f"s3://CLE:{SECRET}@minio/maillage?secure=no",
        f"s3://CLE:{SECRET}@minio/maillage?acl=public-read",
        f"s3://CLE:x@minio/maillage?{SECRET}",
        f"s3://CLE:x@minio/maillage#{SECRET}",
    ],
)
def test_malformed_address_is_said_without_repeating_it(url):
    with pytest.raises(
        ImproperlyConfigured, match=r"S3_URL is not of the form s3://KEY:SECRET@HOST"
    ) as refusal:
        read_bucket_url(url)
    assert SECRET not in str(refusal.value)
    assert refusal.value.__cause__ is None or SECRET not in repr(refusal.value.__cause__)


def start(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        cwd=settings.BASE_DIR, env={**os.environ, "DEMO": "0", **env}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_site_without_a_bucket_never_loads_its_client():
    code = (
        "import sys, marketplace.urls; from django.core.files.storage import storages; storages['private'];"
        "assert not {'boto3', 'botocore', 'storages'} & sys.modules.keys()"
    )
    run = start(code, S3_URL="")
    assert run.returncode == 0, run.stderr


def test_site_does_not_start_on_an_address_that_it_cannot_read():
    run = start("", S3_URL=f"s3://CLE:{SECRET}/minio")
    assert run.returncode != 0
    assert "S3_URL is not of the form" in run.stderr
    assert SECRET not in run.stderr
