"""The fixtures of this folder; tests of backups use them too."""

from tests.web.bucket.fixtures import bucket, bucket_server, dead_bucket  # noqa: F401 - pytest finds them here
