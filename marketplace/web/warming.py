"""A process that takes its first request has read what pages need: its first visitor does not wait for that.

It makes the pages of `WARM_PAGES` for nobody: lexicon, gazetteer, columns, map, templates and addresses are what they take.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation

log = logging.getLogger(__name__)
_MARK = "maillage.warming"  # in the environment alone: a browser's headers arrive as HTTP_…


def warm_process(application: Any, *, between: Callable[[], object] = lambda: None) -> None:
    """`between` is called after each page. What fails, for PostgreSQL may be away, is left to who asks for it."""
    from .public_pages import (
        release_name,  # models: gunicorn names its worker's class before the apps are loaded
    )

    release_name()
    for language, _name in settings.LANGUAGES:
        for view, query in settings.WARM_PAGES:
            try:
                with translation.override(language):
                    path = reverse(view)
                _ask(application, path, query)
            except NoReverseMatch:
                raise
            except Exception:
                log.warning("not_warmed", exc_info=True)
            between()
    close_old_connections()


def asked_by_a_person(request: HttpRequest) -> bool:
    """False for a page that a process makes to read what pages need: nothing is to be kept of it."""
    return _MARK not in request.META


def _ask(application: Any, path: str, query: str) -> None:
    site = urlsplit(settings.SITE_URL)
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": site.hostname, "SERVER_PORT": str(site.port or 80), "HTTP_HOST": site.netloc, "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": site.scheme, "HTTP_X_FORWARDED_PROTO": site.scheme, "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(),
        _MARK: True,
        "HTTP_COOKIE": "messages=none",  # who may have been told something is never answered from kept pages
    }  # fmt: skip
    answer = application(environ, lambda status, headers: None)
    for _part in answer:
        pass
    if hasattr(answer, "close"):
        answer.close()
