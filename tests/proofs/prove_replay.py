"""`dev.py prove replay`: a year of notices, read by the feed twice, shuffled, cut and truncated, ends in one same state.

The year is the demo's: open, amended, awarded in lots, called off, without a bid; some releases are corrected in a later file.
"""

from __future__ import annotations

import copy
import hashlib
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from buyers.feeds.reading import read_source
from buyers.models import (
    Award,
    Bidder,
    BuyerParty,
    FeedFile,
    Lot,
    NoticeSource,
    SourceState,
    Tender,
    TenderVersion,
)
from marketplace.demo.seeding.tenders import DemoReleaseWriter
from marketplace.outbox.models import Event
from tests import factories
from tests.buyers.played_sources import PlayedSources, lead_every_name_to, play_sources, stop_playing

pytestmark = pytest.mark.django_db
NOTICES, WEEKS, REPLAYS = 600, 52, 3


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedSources]:
    sources = play_sources()
    lead_every_name_to(sources.port, sources.names, monkeypatch.setattr)
    yield sources
    stop_playing(sources)


def year_of_releases(rng: random.Random) -> list[dict[str, Any]]:
    kinds = ["municipality", "mrc", "health", "school", "cegep", "ministry"]
    buyers = [factories.BuyerFactory(kind=kind, is_published=True) for kind in kinds * 2]
    writer = DemoReleaseWriter(buyers, rng, timezone.localdate())
    found: list[dict[str, Any]] = []
    sellers: Any = {}
    for index in range(NOTICES):
        state = index % 6
        if state in (0, 1):
            found += writer.open_tender(index)
        elif state == 2:
            found += writer.awarded_tender(index, sellers)
        elif state == 3:
            found += writer.ended_tender(index, cancelled=bool(index % 2))
        elif state == 4:
            found += writer.closed_tender(index)
        else:
            found += writer.planned_tender(index)
    return found


def weeks_of(releases: list[dict[str, Any]], rng: random.Random) -> dict[str, bytes]:
    """The year as its publisher gives it: a file a week, and in some a correction of what an earlier one said."""
    weeks: list[list[dict[str, Any]]] = [[] for _n in range(WEEKS)]
    for n, release in enumerate(releases):
        week = n * WEEKS // len(releases)
        weeks[week].append(release)
        if rng.random() < 0.05 and week + 1 < WEEKS:
            corrected = copy.deepcopy(release)
            corrected["tender"]["title"] += " (corrigé)"
            weeks[rng.randrange(week + 1, WEEKS)].append(corrected)
    monday = timezone.localdate() - timedelta(weeks=WEEKS)
    return {
        name_of(monday + timedelta(weeks=n)): package(content, monday + timedelta(weeks=n + 1))
        for n, content in enumerate(weeks)
    }


def name_of(first: date) -> str:
    return f"hebdo_{first:%Y%m%d}_{first + timedelta(days=6):%Y%m%d}.json"


def package(releases: list[dict[str, Any]], published: date) -> bytes:
    head = {"version": "1.1", "publishedDate": f"{published.isoformat()}T01:00:00-05:00"}
    return json.dumps({**head, "releases": releases}, ensure_ascii=False).encode()


def state_of_everything() -> str:
    """Every notice with its versions, lots, bidders and awards, less what says when we read it."""
    said = []
    apart = {"id", "imported_at", "changed_at", "tender", "search"}
    for model, order in (
        (Tender, ["ocid"]), (TenderVersion, ["tender__ocid", "release_id"]), (Lot, ["tender__ocid", "position"]),
        (Bidder, ["tender__ocid", "party_id", "neq", "name"]), (Award, ["tender__ocid", "award_id", "neq", "name"]),
        (BuyerParty, ["party_id"]),
    ):  # fmt: skip
        names = [f.attname for f in model._meta.concrete_fields if f.name not in apart]
        keys = ["tender__ocid"] if hasattr(model, "tender") else []
        rows = model._default_manager.order_by(*order).values_list(*keys, *names)
        said += [f"{model.__name__} {row!r}" for row in rows]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def forget_everything(source: NoticeSource) -> None:
    for model in (FeedFile, SourceState, TenderVersion, Lot, Bidder, Award, Tender, BuyerParty, Event):
        model._default_manager.all().delete()


def read(source: NoticeSource) -> None:
    SourceState.objects.filter(source=source).update(due_at=None)
    assert read_source(source.pk)


def test_a_year_read_twice_shuffled_cut_and_truncated_is_one_state(played: PlayedSources) -> None:
    rng = random.Random(20261130)
    weeks = weeks_of(year_of_releases(rng), rng)
    source = NoticeSource.objects.get(kind="seao")
    source.is_on = True
    source.save()
    for name, content in weeks.items():
        played.publish_seao(name, content)
    read(source)
    assert FeedFile.objects.filter(status="done").count() == WEEKS
    wanted, notices = state_of_everything(), Tender.objects.count()
    assert notices == NOTICES
    assert Award.objects.exists()
    assert Lot.objects.exists()

    for _replay in range(REPLAYS):
        forget_everything(source)
        names = list(weeks)
        rng.shuffle(names)
        played.files.clear()
        for n, name in enumerate(
            names
        ):  # week after week in any order, some cut on the way, some published truncated
            content = weeks[name]
            if rng.random() < 0.3:
                played.publish_seao(name, content[: rng.randrange(1, len(content))], changed=f"a{n}")
                read(source)
            cut = rng.randrange(1, len(content)) if rng.random() < 0.3 else None
            played.publish_seao(name, content, changed=f"b{n}", cut_once=cut, takes_ranges=rng.random() < 0.5)
            if rng.random() < 0.4:
                read(source)
        read(source)
        FeedFile.objects.update(status="waiting", imported_at=None)  # all of it once more
        read(source)
        assert not FeedFile.objects.exclude(status="done")
        assert Tender.objects.count() == notices
        assert state_of_everything() == wanted
