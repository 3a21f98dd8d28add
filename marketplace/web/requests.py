"""The request as our door makes it (wsgi.py)."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.utils.http import parse_header_parameters


class Utf8Request(WSGIRequest):
    """Read as UTF-8, whatever `Content-Type: x; charset=hex` says: Django would decode by the codec of that name, and
    fail where it is none of texts, before any middleware stands."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
