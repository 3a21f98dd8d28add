"""The few requests of S3 that we make, answered from memory: the fake at the network's edge.

It holds one bucket, keeps what each request said, pages its lists at two entries, and fails when told to.
"""

from __future__ import annotations

import email.utils
import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

PAGE = 2


@dataclass
class Asked:
    method: str
    key: str
    headers: dict[str, str]


@dataclass
class Held:
    content: bytes
    at: float = field(default_factory=time.time)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def take(self) -> None:
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append(Asked(self.command, key, {n.lower(): v for n, v in self.headers.items()}))
        if code := self.server.fails(self.command, key):
            return self.refuse(code, "SlowDown" if code == 503 else "AccessDenied")
        if f"Credential={self.server.key}/" not in self.headers.get("Authorization", ""):
            return self.refuse(403, "InvalidAccessKeyId")
        if bucket != self.server.bucket:
            return self.refuse(404, "NoSuchBucket")
        if not key:
            return self.listed({name: values[0] for name, values in parse_qs(parts.query).items()})
        return {"PUT": self.put, "DELETE": self.delete}.get(self.command, self.get)(key, body)

    do_GET = do_HEAD = do_PUT = do_DELETE = take

    def put(self, key: str, body: bytes) -> None:
        if source := self.headers.get("x-amz-copy-source"):
            held = self.server.objects.get(unquote(source).lstrip("/").partition("/")[2])
            if held is None:
                return self.refuse(404, "NoSuchKey")
            self.server.objects[key] = Held(held.content)
            return self.answer(200, b"<CopyObjectResult><ETag>&quot;x&quot;</ETag></CopyObjectResult>")
        if self.headers.get("x-amz-content-sha256") not in (
            hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD",
        ):  # fmt: skip
            return self.refuse(400, "XAmzContentSHA256Mismatch")
        self.server.objects[key] = Held(body)
        return self.answer(200)

    def get(self, key: str, _body: bytes) -> None:
        held = self.server.objects.get(key)
        if held is None:
            return self.refuse(404, "NoSuchKey")
        return self.answer(
            200, held.content, **{"Last-Modified": email.utils.formatdate(held.at, usegmt=True)}
        )

    def delete(self, key: str, _body: bytes) -> None:
        self.server.objects.pop(key, None)
        self.answer(204)

    def listed(self, query: dict[str, str]) -> None:
        prefix, marker = query.get("prefix", ""), query.get("marker", "")
        entries: dict[str, bool] = {}
        for key in sorted(self.server.objects):
            if key.startswith(prefix):
                rest, slash, _ = key[len(prefix) :].partition("/")
                entries[prefix + rest + slash] = bool(slash)
        after = [(name, is_folder) for name, is_folder in sorted(entries.items()) if name > marker]
        xml = "".join(
            f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>"
            if is_folder
            else f"<Contents><Key>{escape(name)}</Key><Size>1</Size></Contents>"
            for name, is_folder in after[:PAGE]
        )
        cut = len(after) > PAGE
        more = f"<IsTruncated>{str(cut).lower()}</IsTruncated>" + (
            f"<NextMarker>{escape(after[PAGE - 1][0])}</NextMarker>" if cut else ""
        )
        self.answer(200, f"<ListBucketResult>{more}{xml}</ListBucketResult>".encode())

    def refuse(self, status: int, code: str) -> None:
        """As some servers do, it repeats what was sent."""
        said = escape(f"no: {self.path} {self.headers.get('Authorization')}")
        self.answer(status, f"<Error><Code>{code}</Code><Message>{said}</Message></Error>".encode())

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"ETag": '"x"', "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bucket, self.key, self.secret = "maillage-essai", "CLE/AVEC+SIGNES", "tr3s/secret@?#%"
        self.objects: dict[str, Held] = {}
        self.asked: list[Asked] = []
        self.fails: Callable[[str, str], int] = lambda method, key: 0
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        """The S3_URL that leads here."""
        port = self.server_address[1]
        return f"s3://CLE%2FAVEC+SIGNES:tr3s%2Fsecret%40%3F%23%25@127.0.0.1:{port}/{self.bucket}?secure=0&region=ca-central-1"
