"""A night: new notices, 500 of them, go through the same handlers as in production, one after the other in this process.

What a worker would do between the import and the mail server: suggestions with their reasons, the list of what waits
for a gathered mail, the mails of those who want to hear at once. Each step commits, as there.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from buyers.models import Buyer, Tender
from buyers.ocds.importer import import_tenders
from marketplace.accounts.models import Consent, Membership, User
from marketplace.demo.seeding.tenders import DemoReleaseWriter
from marketplace.matching.alerts.digests import write_due_emails
from marketplace.matching.models import Alert, PendingNotice, Suggestion
from marketplace.outbox.delivery import send_due_mails
from marketplace.outbox.events import handle_next_delivery
from marketplace.outbox.models import Delivery, Message
from suppliers.models import Supplier

from .rows import Row

SECONDS = 60
MOST_SQL = 5  # statements for a mail, to write it and to hand it over,
ENOUGH = 100  # where there are so many: a batch has its own few
SUBSCRIBED = 5  # one published supplier in five has a member with an alert,
MOST_SUBSCRIBED = 20_000  # but no more than this
FREQUENCIES = (Alert.Frequency.INSTANT, Alert.Frequency.DAILY)
FIRST = 700_000  # numbers that no seeded notice has


def night_rows(notices: int) -> Iterator[Row]:
    subscribe()
    subjects = [f"tender:{pk}" for pk in publish(notices)]
    messages, waiting = Message.objects.count(), PendingNotice.objects.count()
    started = time.perf_counter()
    handle_all(subjects)
    write_due_emails(now=timezone.now() + timedelta(minutes=11))  # those who want to hear at once
    seconds = time.perf_counter() - started
    kept = Suggestion.objects.filter(tender__in=[int(s.removeprefix("tender:")) for s in subjects]).count()
    yield Row("match_night", round(seconds, 1), "s", None, SECONDS)
    yield Row("match_night.suggestions", kept, "n", None, None)
    yield Row("match_night.mails", Message.objects.count() - messages, "n", None, None)
    yield Row("match_night.waiting", PendingNotice.objects.count() - waiting, "n", None, None)
    yield from mail_rows()


def mail_rows() -> Iterator[Row]:
    """The mails of that night, written and handed over: those that were told at once, and the digests of the morning."""
    Message.objects.due().exclude(kind__startswith="alert").update(
        next_attempt_at=timezone.now() + timedelta(days=9)
    )
    at_once = Message.objects.due().count()
    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    started = time.perf_counter()
    with connection.execute_wrapper(count):
        written = write_due_emails(now=timezone.now() + timedelta(days=1))
        writing = len(asked)
        sent = send_due_mails(seconds=600)
    seconds = time.perf_counter() - started
    if sent != at_once + written:
        raise RuntimeError(f"{written} written, {at_once} waited, {sent} sent")
    yield Row("mail_night", round(seconds, 1), "s", None, SECONDS)
    yield Row("mail_night.mails", sent, "n", None, None)
    each = writing / max(written, 1) + (len(asked) - writing) / max(sent, 1)
    yield Row("mail_night.sql_per_mail", round(each, 2), "n", None, MOST_SQL if sent >= ENOUGH else None)


def subscribe() -> None:
    """Members with a consent and an alert, every other one at once and the others once a day."""
    without = Supplier.objects.published().filter(alerts__isnull=True).select_related("organisation")
    chosen = list(without.order_by("pk")[: MOST_SUBSCRIBED * SUBSCRIBED : SUBSCRIBED])
    nobody = make_password(None)
    users = User.objects.bulk_create(
        User(email=f"banc{supplier.pk}@demo.example", first_name="Camille", last_name="Roy", password=nobody)
        for supplier in chosen
    )
    pairs = list(zip(users, chosen, strict=True))
    Membership.objects.bulk_create(
        Membership(user=user, organisation=supplier.organisation) for user, supplier in pairs
    )
    Consent.objects.bulk_create(
        Consent(user=user, purpose=Consent.Purpose.ALERTS, wording="Consentement du banc d’essai.")
        for user in users
    )
    Alert.objects.bulk_create(
        Alert(user=user, supplier=supplier, frequency=FREQUENCIES[index % len(FREQUENCIES)])
        for index, (user, supplier) in enumerate(pairs)
    )


def publish(count: int) -> list[int]:
    """Import new open notices; their ids."""
    writer = DemoReleaseWriter(
        list(Buyer.objects.select_related("organisation")), random.Random(10), timezone.localdate()
    )
    releases = [writer.open_tender(FIRST + index)[-1] for index in range(count)]
    with TemporaryDirectory() as folder:
        path = Path(folder, "nuit.json")
        path.write_text(json.dumps({"version": "1.1", "releases": releases}), encoding="utf-8")
        report = import_tenders(path=path, by=None)
    if report.rejected:
        raise RuntimeError(str(report.rejected[0]))
    tenders = Tender.objects.filter(ocid__in=[release["ocid"] for release in releases])
    return list(tenders.order_by("pk").values_list("pk", flat=True))


def handle_all(subjects: list[str]) -> None:
    """What these events bring about, and what that brings about, until nothing is due."""
    ours = Delivery.objects.filter(event__subject__in=subjects)
    while handle_next_delivery(ours) is not None:
        pass
    undone = ours.exclude(status=Delivery.Status.DONE).first()
    if undone is not None or not ours.exists():
        raise RuntimeError(undone.last_error if undone else "no app listens to tender.imported")
