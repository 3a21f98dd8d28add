"""How the outbox fares: on the public page in words, at `/metrics` for Prometheus. Figures without persons."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.outbox.models import Message
from marketplace.outbox.status import read_status
from tests.outbox.builders import write

pytestmark = pytest.mark.django_db
SAMPLE = re.compile(r'maillage_[a-z_]+(\{[a-z]+="[\w.]+"\})? -?[0-9.e+]+')


def mails() -> None:
    """One late, one for tomorrow, one put off, one parked, three gone: at once, after two seconds, at the second try."""
    now = timezone.now()
    for number, changes in enumerate([
        {"next_attempt_at": now - timedelta(minutes=5)},
        {"next_attempt_at": now + timedelta(days=1)},
        {"next_attempt_at": now + timedelta(minutes=2), "attempts": 1},
        {"status": "failed"},
        {"status": "done", "attempts": 1, "next_attempt_at": now, "done_at": now},
        {"status": "done", "attempts": 1, "next_attempt_at": now - timedelta(hours=2, seconds=12), "done_at": now - timedelta(hours=2)},
        {"status": "done", "attempts": 2, "next_attempt_at": now - timedelta(hours=2), "done_at": now},
    ]):  # fmt: skip
        message = write(version=str(number), address="secrete@exemple.test")
        Message.objects.filter(pk=message.pk).update(**changes)


def test_status_counts_what_waits_and_what_went():
    mails()
    status = read_status(timezone.now())
    assert (status.waiting, status.planned, status.put_off, status.failed_mails) == (1, 1, 1, 1)
    assert (status.sent_hour, status.sent_day, status.retried_hour, status.retried_day) == (2, 3, 1, 1)
    assert timedelta(minutes=5) <= status.oldest < timedelta(minutes=6)
    assert status.prompt_share == 0.5
    assert status.is_late
    assert not status.is_very_late


def test_page_says_it_in_words(client):
    assert "Les courriels partent à temps." in client.get("/etat-du-service/").content.decode()
    read_status(timezone.now())
    mails()
    from django.core.cache import cache

    cache.delete("outbox-status")
    page = client.get("/etat-du-service/").content.decode()
    assert "Les courriels partent avec du retard." in page
    assert "5 minutes" in page
    assert "50,0\u00a0%" in page
    assert "secrete" not in page
    assert "Emails are going out late." in client.get("/en/service-status/").content.decode()
    cache.delete("outbox-status")


def test_metrics_are_for_who_shows_the_token(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "jeton"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer autre"}).status_code == 403
    mails()
    answer = client.get("/metrics", headers={"Authorization": "Bearer jeton"})
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert all(line.startswith("# ") or SAMPLE.fullmatch(line) for line in lines)
    assert any(line.startswith('maillage_mail_due{queue="account"}') for line in lines)
