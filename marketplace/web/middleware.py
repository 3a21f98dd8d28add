"""The site's middlewares: health, one log line per request, what cannot be read, headers.

Health answers before anything else can fail; the log holds no personal data. Browsers are told, beside Django's own
headers: no sensors, no embedding elsewhere, no copies of private pages.
"""

import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import connection
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    QueryDict,
    UnreadablePostError,
)
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control
from redis import Redis

log = structlog.get_logger("request")

Next = Callable[[HttpRequest], HttpResponse]


#: We ask for none of these, so nothing that slips into a page may either.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen",
        "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial",
        "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")
#: Pages where one gives or reads a secret: no copy stays, not even behind the back button.
SECRET_PAGES = ("account_", "mfa_")


class HealthMiddleware:
    """`/healthz`: the process answers. `/readyz`: PostgreSQL and the broker answer too (503 names what does not)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return self.ready()
        return self.get_response(request)

    def ready(self) -> HttpResponse:
        checks = {"database": self.database, "broker": self.broker}
        down = []
        for name, check in checks.items():
            try:
                check()
            except Exception:
                log.exception("not_ready", check=name)
                down.append(name)
        return JsonResponse({"status": "down" if down else "ok", "down": down}, status=503 if down else 200)

    @staticmethod
    def database() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    @staticmethod
    def broker() -> None:
        url = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
        client = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
        try:
            client.ping()
        finally:
            client.close()


class RequestLogMiddleware:
    """One line per request: method, route, status, milliseconds, and an id to give by telephone. No query string."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex[:12]
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            match = request.resolver_match
            log.info(
                "request",
                method=request.method,
                route=match.route if match else "",
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )
            response["X-Request-ID"] = request_id
            return response
        finally:
            structlog.contextvars.clear_contextvars()


class NulInPathMiddleware:
    """No page has a NUL in its address, and PostgreSQL refuses to be asked: such an address does not exist."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path:
            raise Http404
        return self.get_response(request)


class FormAddressMiddleware:
    """Where only forms are sent and a browser asks for a page, as after signing in again on an expired session, a page says
    that nothing was done; the plain answer is empty."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content:
            return response
        if request.method != "GET" or not request.accepts("text/html"):
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page


class ReadableInputMiddleware:
    """A NUL, which no keyboard writes and PostgreSQL refuses, becomes « � » in a parameter, a field or a cookie, as what is
    not UTF-8 does: filters say that they do not know it, forms show it, no row holds it. A form in another encoding is
    refused."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = _readable(request.GET)  # type: ignore[assignment]
        if "\\000" in request.META.get("HTTP_COOKIE", ""):  # how a quoted cookie writes one
            request.COOKIES = {
                name.replace("\x00", "�"): value.replace("\x00", "�")
                for name, value in request.COOKIES.items()
            }
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        """The fields of a form, which the check of its token reads here anyway. By now the language is known."""
        if request.method != "POST":
            return
        if (request.content_params or {}).get("charset", "utf-8").lower() not in UTF_8:
            raise BadRequest("only UTF-8 is read")
        try:
            posted = request.POST
        except UnreadablePostError:  # the connection broke: whoever reads it next says so
            return
        if any("\x00" in text for name, texts in posted.lists() for text in (name, *texts)):
            request.POST = _readable(posted)  # type: ignore[assignment]


def _readable(data: QueryDict) -> QueryDict:
    clean = QueryDict(mutable=True, encoding=data.encoding)
    for name, values in data.lists():
        clean.setlist(name.replace("\x00", "�"), [value.replace("\x00", "�") for value in values])
    clean._mutable = False
    return clean


class HeadersMiddleware:
    """Stands after the static files: a mail shows our logo from there."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        match = request.resolver_match
        is_secret = match and not match.namespace and (match.url_name or "").startswith(SECRET_PAGES)
        if is_secret or _was_for_someone(request, response):
            add_never_cache_headers(response)
        elif not response.has_header("Cache-Control") and "Cookie" in response.get("Vary", ""):
            patch_cache_control(response, private=True, no_cache=True)  # it may name someone
        return response


def _was_for_someone(request: HttpRequest, response: HttpResponse) -> bool:
    """A page written for who is signed in: the back button shows it to nobody once they have left."""
    reader = getattr(request, "_cached_user", None)  # nobody is looked up for a page that did not ask
    return bool(reader and reader.is_authenticated and not response.has_header("Cache-Control"))
