"""An S3-compatible bucket for files, where S3_URL names one: `s3://KEY:SECRET@HOST[:PORT]/BUCKET[?region=…&secure=0&style=virtual]`.

The settings read this, so it imports nothing that is not needed on a site whose files lie on disk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote_to_bytes, urlsplit

from django.core.exceptions import ImproperlyConfigured

FORM = "s3://KEY:SECRET@HOST[:PORT]/BUCKET[?region=REGION&secure=0&style=virtual]"
OPTIONS = {
    "region": re.compile(r"[a-z0-9-]{1,40}"),
    "secure": re.compile("[01]"),
    "style": re.compile("path|virtual"),
}
HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class BucketFault(OSError):
    """The bucket does not answer, or refuses. Says which one, which request and which code; never an address of a file."""


@dataclass(frozen=True)
class Bucket:
    """Which bucket, and how to reach it. The key and its secret are in no text made of this."""

    name: str
    host: str  # with its port
    region: str
    secure: bool
    style: str
    key: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def endpoint(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.host}"

    def __str__(self) -> str:
        return f"{self.name} ({self.host})"


def read_bucket_url(url: str) -> Bucket | None:
    """None where there is none. Raises ImproperlyConfigured; no message repeats what was given: it holds a secret."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        parts, port, options = SplitResult("", "", "", "", ""), None, {}
    if parts.scheme != "s3" or "@" not in parts.netloc:
        raise _wrong("percent-encode / @ : ? # % in KEY and SECRET (a / is %2F)")
    key, secret = _decoded(parts.username), _decoded(parts.password)
    if not key or not secret:
        raise _wrong("KEY or SECRET is missing, or is not well percent-encoded")
    host, name = parts.hostname or "", parts.path.strip("/")
    if not HOST.fullmatch(host):
        raise _wrong("HOST is the name of a server")
    if not NAME.fullmatch(name):
        raise _wrong(
            "BUCKET is one name of 3 to 63 small letters, digits, points and hyphens, without a folder"
        )
    for option, value in options.items():
        if option not in OPTIONS or not OPTIONS[option].fullmatch(value):
            raise _wrong(
                "after ? stand only region (as ca-central-1), secure (0 or 1) and style (path or virtual)"
            )
    if parts.fragment:
        raise _wrong("nothing follows a #")
    # Every compatible server knows addresses with the bucket in their path; Amazon's own would rather have it in the host.
    style = "virtual" if host.endswith(".amazonaws.com") else "path"
    return Bucket(
        name=name,
        host=f"{host}:{port}" if port else host,
        region=options.get("region", "us-east-1"),
        secure=options.get("secure", "1") == "1",
        style=options.get("style", style),
        key=key,
        secret=secret,
    )


def _decoded(text: str | None) -> str:
    """Percent-decoded; empty where that gives no printable ASCII, of which keys are made."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", text or ""):
        return ""
    plain = unquote_to_bytes(text or "").decode("ascii", "replace")
    return plain if plain.isprintable() and "\ufffd" not in plain else ""


def _wrong(why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"S3_URL is not of the form {FORM}: {why}.")
