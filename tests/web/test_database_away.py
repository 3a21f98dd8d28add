"""PostgreSQL away: the site says « come back in a minute » without asking it anything, and `/healthz` goes on."""

from __future__ import annotations

import json
import logging
import threading

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import Client

from marketplace.web.database_away import is_away


def asked(path: str, *, signed_in: bool = False, **headers: str):
    """By a thread that has no connection yet, as a web process that has just begun."""
    answers = []

    def ask() -> None:
        client = Client(raise_request_exception=False)
        if signed_in:
            client.cookies["sessionid"] = "0123456789abcdefghijklmnopqrstuv"
        try:
            answers.append(client.get(path, secure=True, headers=headers))
        finally:
            connections.close_all()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(30)
    return answers[0]


@pytest.fixture
def away(monkeypatch, django_db_blocker) -> None:
    """Nobody listens where the settings say."""
    monkeypatch.setitem(connections.settings["default"], "HOST", "127.0.0.1")
    monkeypatch.setitem(connections.settings["default"], "PORT", "9")
    with django_db_blocker.unblock():
        yield


def test_pages_say_so_and_health_goes_on(away, caplog):
    caplog.set_level(logging.INFO)
    for path, signed_in in (
        ("/fournisseurs/", False),
        ("/en/suppliers/", False),
        ("/mon-espace/", True),
        ("/gestion/", True),
    ):
        answer = asked(path, signed_in=signed_in)
        assert answer.status_code == 503, path
        assert int(answer.headers["Retry-After"]) > 0
        assert "no-store" in answer.headers["Cache-Control"]
        text = answer.content.decode()
        assert "Le site revient dans un instant" in text
        assert "The site will be right back" in text
        assert text.index("Le site" if not path.startswith("/en/") else "The site") < text.index("<h2>")
    listed = asked("/api/v1/suppliers/?q=secret")
    assert listed.status_code == 503
    assert json.loads(listed.content)["detail"]
    assert listed.headers["Retry-After"]
    lines = [str(record.msg) for record in caplog.records if "database_away" in str(record.msg)]
    assert len(lines) == 5, "one each"
    assert not any("Traceback" in str(record.msg) or record.exc_info for record in caplog.records)
    assert "secret" not in caplog.text
    assert asked("/healthz").status_code == 200
    assert asked("/readyz").status_code == 503


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_dies_in_the_session_is_said_too(monkeypatch):
    def load(store: SessionStore) -> dict[str, object]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return {}

    monkeypatch.setattr(SessionStore, "load", load)
    assert asked("/mon-espace/", signed_in=True).status_code == 503
    monkeypatch.undo()
    assert asked("/mon-espace/", signed_in=True).status_code == 302, "back at once"


def _caused(error: Exception, cause: Exception | None) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (_caused(OperationalError("refused"), psycopg.OperationalError("refused")), True),
        (_caused(OperationalError("too many"), psycopg.errors.TooManyConnections()), True),
        (_caused(ValueError("in a template"), OperationalError("refused")), True),
        (InterfaceError("connection already closed"), True),
        (_caused(OperationalError("deadlock"), psycopg.errors.DeadlockDetected()), False),
        (_caused(OperationalError("too long"), psycopg.errors.QueryCanceled()), False),
        (InterfaceError("the cursor is closed"), False),
        (ValueError("ours"), False),
        (None, False),
    ],
)
def test_only_an_absent_database_is_away(error: Exception | None, expected: bool):
    assert is_away(error) is expected
