"""Django's storage on a bucket: private objects without addresses, one client for a process, faults as OSError.

boto3 is imported with this module: only where S3_URL is set, and then when the first file is asked for.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import boto3.session
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3File, S3Storage

from marketplace.web.bucket import Bucket, BucketFault

# A person waits meanwhile, and a row may be locked: twice these at most.
CONNECT_SECONDS, ANSWER_SECONDS = 3, 6
_IN_MEMORY = 2_500_000  # what is larger waits in a temporary file
_MEGABYTE = 1024 * 1024

_clients: dict[Bucket, Any] = {}
_one_at_a_time = threading.Lock()


def _client(bucket: Bucket) -> Any:
    """One for all threads and both storages: each takes a dozen megabytes, and only its client is used, which may be shared."""
    with _one_at_a_time:
        if bucket not in _clients:
            session = boto3.session.Session(
                aws_access_key_id=bucket.key, aws_secret_access_key=bucket.secret, region_name=bucket.region
            )
            _clients[bucket] = session.resource("s3", endpoint_url=bucket.endpoint, config=_config(bucket))
        return _clients[bucket]


def _config(bucket: Bucket) -> Config:
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": bucket.style},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 2},
        # Servers other than Amazon's do not all know the checksums that newer clients add.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@contextlib.contextmanager
def _plainly(bucket: Bucket) -> Iterator[None]:
    """The client's many exceptions as one that callers expect of a disk. Nothing of theirs stays: texts of servers may
    repeat what was sent."""
    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as error:
        answer = error if isinstance(error, ClientError) else error.__context__
        if isinstance(answer, ClientError):
            code = answer.response.get("Error", {}).get("Code", "?")
            if code in ("404", "NoSuchKey"):
                raise FileNotFoundError("There is no such object.") from None
            said = f"{answer.operation_name}, {code}"
        else:
            said = type(error).__name__
        raise BucketFault(f"{bucket}: {said}") from None


class BucketFile(S3File):
    """Fetched whole at its first reading, retried where it breaks off, into memory or a temporary file."""

    _storage: BucketStorage

    def _get_file(self) -> Any:
        with _plainly(self._storage.place):
            return super()._get_file()

    file = property(_get_file, S3File._set_file)


class BucketStorage(S3Storage):
    """The objects of `bucket` below `location`/. No ACL is sent: whether the world may read is the bucket's to refuse."""

    def __init__(self, *, bucket: Bucket, location: str) -> None:
        self.place = bucket
        super().__init__(
            bucket_name=bucket.name,
            location=location,
            # Written out, or the library would look for them in the environment.
            access_key=bucket.key,
            secret_key=bucket.secret,
            security_token=None,
            session_profile=None,
            default_acl=None,
            file_overwrite=False,
            max_memory_size=_IN_MEMORY,
            client_config=_config(bucket),
            transfer_config=TransferConfig(
                use_threads=False, multipart_threshold=64 * _MEGABYTE, multipart_chunksize=16 * _MEGABYTE
            ),
        )

    @property
    def connection(self) -> Any:
        return _client(self.place)

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        raise ValueError("What lies in the bucket has no address: a view checks who asks and hands it out.")

    def _open(self, name: str, mode: str = "rb") -> BucketFile:
        with _plainly(self.place):
            return BucketFile(self._normalize_name(name), mode, self)

    def _save(self, name: str, content: File[Any]) -> str:
        with _plainly(self.place):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _plainly(self.place):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _plainly(self.place):
            return bool(super().exists(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _plainly(self.place):
            folders, files = super().listdir(path)
            return folders, files

    def size(self, name: str) -> int:
        with _plainly(self.place):
            return int(super().size(name))

    def get_modified_time(self, name: str) -> datetime:
        with _plainly(self.place):
            found: datetime = super().get_modified_time(name)
            return found
