"""Structured logs: one event per line with its fields, JSON in production. Never personal data."""

import logging
import sys
from typing import Any

import structlog
from django.conf import settings


def configure(_config: object = None) -> None:
    """Called by Django through LOGGING_CONFIG, so also in workers and commands."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.LOG_FORMAT == "json"
        else structlog.dev.ConsoleRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("django.request").setLevel(logging.ERROR)
    # What a scanner sends (a foreign host, a thousand fields), with a traceback each: the request's own line says 400.
    logging.getLogger("django.security").setLevel(logging.CRITICAL)
    logging.getLogger("django.security.csrf").setLevel(logging.WARNING)
    logging.getLogger("pikepdf").setLevel(logging.ERROR)  # what it finds odd in a file is the file's business
    for name in ("django.request", "django.security.csrf"):
        logger = logging.getLogger(name)
        logger.filters = [known for known in logger.filters if not isinstance(known, RouteOnly)]
        logger.addFilter(RouteOnly())


class RouteOnly(logging.Filter):
    """Django names the path of a request that failed; a path may hold a token or what someone looked for."""

    def filter(self, record: logging.LogRecord) -> bool:
        request: Any = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = match.route if match else "?"
            record.args = tuple(route if arg == request.path else arg for arg in record.args)
        return True


def without_person(event: Any, _hint: Any) -> Any:
    """What Sentry gets of a request: its method. The route is the event's transaction."""
    event["request"] = {"method": event.get("request", {}).get("method")}
    event.pop("user", None)
    event.pop("breadcrumbs", None)
    return event
