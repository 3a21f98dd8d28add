"""`dev.py prove feeds`: from publication to mail, with a worker process, PostgreSQL, Valkey and a mail server.

A server on this machine plays Données Québec and CanadaBuys: it is busy, cuts a transfer, answers 304, publishes a name again,
redirects to a private address. What was published reaches the right person once, and what changes reaches who follows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from buyers.feeds.listing import list_canadabuys
from buyers.models import FeedFile, NoticeSource, SourceState, Tender
from marketplace.accounts.consents import give_consent
from marketplace.accounts.models import Consent
from marketplace.dealings.interests.follows import follow_notice
from marketplace.matching.models import Alert
from marketplace.outbox.models import Delivery, Message
from tests import factories
from tests.buyers.ocds_files import notice, package
from tests.buyers.played_sources import (
    AWARD_COLUMNS,
    TENDER_COLUMNS,
    PlayedSources,
    canadabuys_csv,
    federal_row,
    play_sources,
    stop_playing,
)
from tests.scenario.conftest import postman, worker  # noqa: F401 - fixtures
from tests.scenario.postman import Postman, body
from tests.scenario.workers import Worker

pytestmark = pytest.mark.django_db(transaction=True)
WEEK, MONTH = "hebdo_20261123_20261129.json", "mensuel_20261001_20261031.json"


@pytest.fixture
def played() -> Iterator[PlayedSources]:
    sources = play_sources()
    sources.retry_after = 2
    yield sources
    stop_playing(sources)
    NoticeSource.objects.update(is_on=False)  # they are reference data, which stays


def until(holds: Callable[[], bool], worker: Worker, seconds: float = 60) -> None:  # noqa: F811 - the fixture
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.2)
    said = [f"{state}: {state.tried_at} {state.due_at} {state.error}" for state in SourceState.objects.all()]
    said += [f"{file}: {file.status} {file.created} {file.error}" for file in FeedFile.objects.all()]
    said += [f"{m.title}: {m.status} {m.next_attempt_at}" for m in Message.objects.all()]
    said += [
        f"{d.event.kind} {d.event.subject}: {d.status} {d.last_error[-300:]}" for d in Delivery.objects.all()
    ]
    raise AssertionError("\n".join([*said, worker.log()]))


def read_again(source: NoticeSource) -> None:
    SourceState.objects.filter(source=source).update(asked_at=timezone.now())


def test_from_publication_to_mail(played: PlayedSources, worker: Worker, postman: Postman) -> None:  # noqa: F811 - fixtures
    coop = factories.SupplierFactory(
        name="Coopérative Zéphirine d’entretien",
        mrc=None,
        organisation__mrc_id="36",
        organisation__region_id="04",
        offers=[("Entretien ménager de bureaux", "76111500")],
        serves=["36", "R04"],
    )
    member = factories.MembershipFactory(organisation=coop.organisation).user
    give_consent(user=member, purpose=Consent.Purpose.ALERTS, wording="Oui.", by=member)
    Alert.objects.create(user=member, supplier=coop, frequency=Alert.Frequency.INSTANT)
    seao = NoticeSource.objects.get(kind="seao")
    federal = NoticeSource.objects.get(kind="canadabuys")

    first = notice(
        91000001, "20261124120000", tender__title="Entretien ménager de l’hôtel de ville, Shawinigan"
    )
    others = [
        notice(
            92000000 + n, tender__status="complete", tender__title=f"Sel de voirie, lot {n}", tender__items=[]
        )
        for n in range(40)
    ]
    content = package(first, *others)
    played.publish_seao(WEEK, content, busy=1, cut_once=len(content) // 2)
    played.publish_seao(MONTH, b"", redirect="https://interne.example/secret", changed="2026-11-01T00:00:00")
    played.publish("/secret", content)
    worker.program = "tests.scenario.played_worker"
    worker.environment |= {"PLAYED_PORT": str(played.port), "SOURCE_ROUND_SECONDS": "1"}
    NoticeSource.objects.filter(pk=seao.pk).update(is_on=True)
    worker.start()

    # Busy, then cut in the middle, then whole: one mail names the notice.
    (letter,) = postman.wait_for(member.email, seconds=120)
    assert "hôtel de ville" in body(letter)
    statuses = [one.status for one in played.asked if one.path.endswith(WEEK)]
    assert statuses[:3] == [503, 200, 206]
    month = FeedFile.objects.get(name=MONTH)
    assert month.status == "failed"
    assert "permet" in month.error
    assert played.count("/secret", 200) == 0

    # The same again is 304, and nobody is written to.
    read_again(seao)
    until(lambda: played.count(f"/seao/{WEEK}", 304) > 0, worker)
    assert len(postman.to(member.email)) == 1

    # The name is published again with a later closing: who follows reads it in words.
    tender = Tender.objects.get(ocid=first["ocid"])
    follow_notice(notice=tender, by=member)
    later = timezone.localtime(tender.closes_at + timedelta(days=7))
    moved = {**first, "id": "20261125120000", "tag": ["tenderUpdate"]}
    moved["tender"] = first["tender"] | {"tenderPeriod": {"endDate": later.isoformat()}}
    played.publish_seao(WEEK, package(first, moved), changed="2026-11-30T08:00:00")
    read_again(seao)
    changes = [
        one
        for one in postman.wait_for(member.email, 2, seconds=90)
        if "Clôture reportée" in str(one["Subject"])
    ]
    assert len(changes) == 1
    assert "Clôture reportée du" in body(changes[0])

    # Called off: the same person reads that too.
    off = {**moved, "id": "20261126120000", "tag": ["tenderCancellation"]}
    played.publish_seao(WEEK, package(first, moved, off), changed="2026-11-30T09:00:00")
    read_again(seao)
    until(lambda: any("Avis annulé" in str(one["Subject"]) for one in postman.to(member.email)), worker, 90)

    # A worker that is killed while it holds a source gives it back with its lease; another reads the federal notices.
    worker.kill()
    closes = (timezone.localdate() + timedelta(days=40)).isoformat()
    row = federal_row(**{
        "publicationDate-datePublication": timezone.localdate().isoformat(),
        "tenderClosingDate-appelOffresDateCloture": f"{closes}T14:00:00",
    })  # fmt: skip
    new, still_open, awards = (
        one.address.removeprefix("https://canadabuys.canada.ca")
        for one in list_canadabuys(federal.address, timezone.localdate())
    )
    played.publish(new, canadabuys_csv(TENDER_COLUMNS, row))
    played.publish(still_open, canadabuys_csv(TENDER_COLUMNS, row))
    played.publish(awards, canadabuys_csv(AWARD_COLUMNS))
    NoticeSource.objects.filter(pk=federal.pk).update(is_on=True)
    SourceState.objects.create(source=federal, leased_until=timezone.now() + timedelta(seconds=5))
    worker.start()
    until(lambda: any("Services d’entretien" in body(one) for one in postman.to(member.email)), worker, 180)

    told = [body(one) for one in postman.to(member.email)]
    assert sum("Services d’entretien ménager, Shawinigan" in text for text in told) == 1
    assert not any("Discrète" in text for text in told)
