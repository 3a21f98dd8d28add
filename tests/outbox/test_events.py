"""An event reaches every handler once, whatever the broker, the worker or another handler does."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from marketplace.outbox import events
from marketplace.outbox.events import post_event
from marketplace.outbox.models import Delivery, Event
from marketplace.outbox.queue import sweep_due_rows
from tests.outbox.running import handle_delivery

seen: list[str] = []


@pytest.fixture(autouse=True)
def apps(monkeypatch):
    """Two apps listen to `test.happened`: one works, the other is as the test wants."""
    seen.clear()
    monkeypatch.setattr(events, "_handlers", {})

    @events.handles_event("test.happened", does="essaie")
    def listen(event: Event) -> None:
        seen.append(event.subject)

    return events


def post(version: str = "1") -> Event:
    return post_event(kind="test.happened", subject="thing:1", version=version, payload={"open": True})


def delivery_of(event: Event, name: str = "listen") -> Delivery:
    return event.deliveries.get(handler__endswith=name)


def test_post_writes_one_delivery_per_handler_and_wakes_on_commit(
    db, apps, wakes, django_capture_on_commit_callbacks
):
    @apps.handles_event("test.happened", "test.other", does="essaie")
    def also(event: Event) -> None: ...

    @apps.handles_event("test.other", does="essaie")
    def elsewhere(event: Event) -> None: ...

    with django_capture_on_commit_callbacks(execute=True):
        event = post()
        assert wakes == []
    names = {name.rpartition(".")[2] for name in event.deliveries.values_list("handler", flat=True)}
    assert names == {"also", "listen"}
    assert wakes == ["outbox.handle"]


def test_post_again_changes_nothing(db):
    first = post()
    second = post_event(kind="test.happened", subject="thing:1", version="1", payload={"open": False})
    assert second == first
    assert second.payload == {"open": True}
    assert Delivery.objects.count() == 1


def test_post_is_undone_with_its_cause(db):
    with suppress(RuntimeError), transaction.atomic():
        post()
        raise RuntimeError
    assert not Event.objects.exists()


def test_handler_runs_once(db):
    delivery = delivery_of(post())
    assert handle_delivery(delivery_id=delivery.pk)
    assert not handle_delivery(delivery_id=delivery.pk)
    assert seen == ["thing:1"]
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("done", 1)


def test_poison_handler_does_not_block_others_and_leaves_nothing(db, apps):
    @apps.handles_event("test.happened", does="essaie")
    def poison(event: Event) -> None:
        Event.objects.create(kind="test.trace", subject="half", version="1")
        raise ZeroDivisionError("boum")

    event = post()
    for delivery in event.deliveries.all():
        handle_delivery(delivery_id=delivery.pk)
    poisoned, listened = delivery_of(event, "poison"), delivery_of(event)
    assert listened.status == "done"
    assert poisoned.status == "queued"
    assert "ZeroDivisionError: boum" in poisoned.last_error
    assert not Event.objects.filter(kind="test.trace").exists()
    assert poisoned.next_attempt_at > timezone.now() + timedelta(seconds=40)


def test_failing_handler_waits_longer_and_is_given_up_after_three_days(db, apps):
    @apps.handles_event("test.happened", does="essaie")
    def poison(event: Event) -> None:
        raise ZeroDivisionError

    with time_machine.travel("2026-12-01 12:00Z", tick=False) as clock:
        delivery, started = delivery_of(post(), "poison"), timezone.now()
        waits = []
        while delivery.status != "failed":
            before = timezone.now()
            handle_delivery(delivery_id=delivery.pk)
            delivery.refresh_from_db()
            waits.append((delivery.next_attempt_at - before).total_seconds() / 60)
            clock.move_to(delivery.next_attempt_at)
        lasted = timezone.now() - started
    assert len(waits) >= 10
    assert timedelta(days=3) <= lasted < timedelta(days=3, hours=15)
    for wait, expected in zip(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360], strict=False):
        assert 0.79 * expected <= wait <= 1.21 * expected


def test_delivery_of_a_handler_that_is_gone_says_so(db, apps, monkeypatch):
    delivery = delivery_of(post())
    monkeypatch.setattr(events, "_handlers", {})
    assert not handle_delivery(delivery_id=delivery.pk)
    delivery.refresh_from_db()
    assert delivery.status == "queued"
    assert "n’existe plus" in delivery.last_error


def test_sweep_revives_what_a_dead_worker_held(db, wakes):
    delivery = delivery_of(post())
    Delivery.objects.update(
        status="sending", attempts=1, leased_until=timezone.now(), next_attempt_at=timezone.now()
    )
    assert sweep_due_rows() == wakes == ["outbox.handle"]
    assert handle_delivery(delivery_id=delivery.pk)
    assert seen == ["thing:1"]


def test_row_that_kills_its_worker_is_given_up_after_ten_deaths(db):
    delivery = delivery_of(post())
    now = timezone.now()
    Delivery.objects.update(status="sending", attempts=10, leased_until=now, next_attempt_at=now)
    assert not handle_delivery(delivery_id=delivery.pk)
    delivery.refresh_from_db()
    assert delivery.status == "failed"
    assert seen == []


def test_worker_that_lost_its_lease_does_nothing(db, apps, monkeypatch):
    """The lease went to another worker between the claim and the work."""
    delivery = delivery_of(post())
    claim = events.claim_delivery

    def claim_then_sleep(rows):
        row = claim(rows)
        Delivery.objects.filter(pk=row.pk).update(leased_until=timezone.now() + timedelta(hours=1))
        return row

    monkeypatch.setattr(events, "claim_delivery", claim_then_sleep)
    assert not handle_delivery(delivery_id=delivery.pk)
    assert seen == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_run_a_handler_once(apps):
    ran = []

    @apps.handles_event("test.happened", does="essaie")
    def slow(event: Event) -> None:
        ran.append(event.pk)
        barrier_in_handler.wait(1)

    barrier_in_handler = threading.Event()
    delivery, gate, results = delivery_of(post(), "slow"), threading.Barrier(4), []

    def work() -> None:
        close_old_connections()
        gate.wait()
        results.append(handle_delivery(delivery_id=delivery.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]
    assert len(ran) == 1


class PostingTwice(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("12"), st.sampled_from("xyz")), max_size=12)
    )
    def test_posting_any_sequence_keeps_one_row_per_version(self, posts):
        for kind, subject, version in posts:
            post_event(kind=kind, subject=subject, version=version)
        assert sorted(Event.objects.values_list("kind", "subject", "version")) == sorted(set(posts))
