"""Health answers before anything else can fail; one log line per request, without personal data."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from redis import Redis

log = structlog.get_logger("request")

Next = Callable[[HttpRequest], HttpResponse]


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
