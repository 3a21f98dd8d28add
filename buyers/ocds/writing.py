"""A batch of notices against the database: versions kept, the latest shown, awards linked, open news announced."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Award, Tender, TenderVersion
from marketplace.accounts.models import Organisation
from marketplace.classification import labels
from marketplace.classification.choices import seao_categories
from marketplace.outbox.events import post_event
from marketplace.territories.places import gazetteer

from .notices import Notice, version_key
from .parties import Buyers, Parties, Seats
from .report import Rejection, TenderReport

SHOWN = (
    "number", "reference", "title", "description", "status", "method", "method_details", "category", "seao_category",
    "unspsc", "buyer", "party", "buyer_name", "region", "mrc", "region_source", "estimated_amount", "published_at",
    "closes_at", "version", "url", "changed_at",
)  # fmt: skip


@dataclass
class Story:
    """One notice of a batch: the versions that are new or say something new, and what they do to it."""

    tender: Tender
    is_new: bool
    notices: list[tuple[int, Notice]] = field(default_factory=list)
    shown: Notice | None = None  # the version that now speaks for the notice, where that changed

    def tell(self) -> None:
        latest = max((notice for _, notice in self.notices), key=lambda notice: notice.order)
        if self.is_new or latest.order >= version_key(self.tender.version):
            self.shown = latest

    @property
    def closing_known_before(self) -> Notice | None:
        """The latest version of the batch that says when the notice closes: award-only versions do not."""
        dated = [notice for _, notice in self.notices if notice.fields["closes_at"]]
        return max(dated, key=lambda notice: notice.order, default=None)


class Writer:
    """Writes batches of (index, notice) and counts. A release that the database refuses is reported alone."""

    def __init__(self, *, file_name: str, report: TenderReport) -> None:
        self.file_name = file_name
        self.report = report
        self.learnt: set[tuple[str, str]] = set()

    @functools.cached_property
    def buyers(self) -> Buyers:
        return Buyers()

    @functools.cached_property
    def seats(self) -> Seats:
        return Seats(gazetteer())

    def write(self, batch: list[tuple[int, Notice]]) -> None:
        try:
            with transaction.atomic():
                counts = self._write(batch)
        except (DataError, IntegrityError):
            if len(batch) == 1:
                index, notice = batch[0]
                message = _("La base de données a refusé cette version.")
                self.report.rejected.append(
                    Rejection(self.file_name, index, notice.ocid, notice.release_id, message)
                )
                return
            half = len(batch) // 2
            self.write(batch[:half])
            self.write(batch[half:])
            return
        self.report.add(counts)

    def _write(self, batch: list[tuple[int, Notice]]) -> TenderReport:
        counts = TenderReport()
        stories = self.stories(batch, counts)
        if not stories:
            return counts
        self.learn_labels(notice for story in stories for _, notice in story.notices)
        parties = Parties(
            [notice for story in stories for _, notice in story.notices], self.buyers, self.seats
        )
        parties.save()
        for story in stories:
            story.tell()
            if story.shown is not None:
                self.show(story, story.shown, parties)
        Tender.objects.bulk_create([story.tender for story in stories if story.is_new])
        Tender.objects.bulk_create(
            [story.tender for story in stories if story.shown and not story.is_new],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=SHOWN,
        )
        self.keep_versions(stories)
        self.write_awards(stories)
        for story in stories:
            counts.announced += self.announce(story)
            counts.tenders_created += story.is_new
            counts.tenders_updated += len(story.notices) - story.is_new
        return counts

    def stories(self, batch: list[tuple[int, Notice]], counts: TenderReport) -> list[Story]:
        ocids = {notice.ocid for _, notice in batch}
        tenders = {t.ocid: t for t in Tender.objects.filter(ocid__in=ocids).select_for_update()}
        known = {
            (ocid, release_id): fingerprint
            for ocid, release_id, fingerprint in TenderVersion.objects.filter(
                tender__in=[tender.pk for tender in tenders.values()],
                release_id__in={notice.release_id for _, notice in batch},
            ).values_list("tender__ocid", "release_id", "fingerprint")
        }
        stories: dict[str, Story] = {}
        for index, notice in batch:
            if known.get((notice.ocid, notice.release_id)) == notice.fingerprint:
                counts.unchanged += 1
                continue
            if notice.ocid not in stories:
                tender = tenders.get(notice.ocid)
                stories[notice.ocid] = Story(tender or Tender(ocid=notice.ocid), is_new=tender is None)
            stories[notice.ocid].notices.append((index, notice))
        return list(stories.values())

    def learn_labels(self, notices: Iterable[Notice]) -> None:
        said = {pair for notice in notices for pair in notice.labels.items()} - self.learnt
        labels.ensure_codes([code for code, label in said if not label])
        labels.learn_all(sorted(said))
        self.learnt |= said

    def show(self, story: Story, notice: Notice, parties: Parties) -> None:
        """Let a version speak for the notice."""
        tender = story.tender
        closed_before = tender.closes_at
        for name, value in notice.fields.items():
            setattr(tender, name, value)
        if tender.closes_at is None:
            dated = story.closing_known_before
            tender.closes_at = dated.fields["closes_at"] if dated else closed_before
        seat = parties.seat_of(notice)
        tender.region_id, tender.mrc_id, tender.region_source = seat.region, seat.mrc, seat.source
        tender.seao_category_id = notice.seao_category if notice.seao_category in seao_categories() else None
        tender.buyer = parties.buyer_of(notice)
        tender.party_id = notice.party.party_id or None
        tender.version = notice.release_id
        tender.changed_at = timezone.now()

    def keep_versions(self, stories: list[Story]) -> None:
        TenderVersion.objects.bulk_create(
            [
                TenderVersion(
                    tender=story.tender,
                    release_id=notice.release_id,
                    tags=notice.tags,
                    released_at=notice.released_at,
                    release=notice.kept,
                    fingerprint=notice.fingerprint,
                )
                for story in stories
                for _, notice in story.notices
            ],
            update_conflicts=True,
            unique_fields=["tender", "release_id"],
            update_fields=["tags", "released_at", "release", "fingerprint"],
        )

    def write_awards(self, stories: list[Story]) -> None:
        """The winners as the latest version that names any; one that is silent leaves them as they are."""
        said: dict[int, Notice] = {}
        for story in stories:
            if story.shown is None:
                continue
            speaking = [notice for _, notice in story.notices if notice.awards is not None]
            if story.shown.awards is not None or (story.is_new and speaking):
                said[story.tender.pk] = (
                    story.shown if story.shown.awards is not None else max(speaking, key=lambda n: n.order)
                )
        Award.objects.filter(tender__in=said.keys()).delete()
        neqs = {line.neq for notice in said.values() for line in notice.awards or [] if line.neq}
        sellers = dict(Organisation.objects.filter(neq__in=neqs).values_list("neq", "pk"))
        Award.objects.bulk_create(
            Award(
                tender_id=tender_id,
                award_id=line.award_id,
                neq=line.neq,
                name=line.name,
                organisation_id=sellers.get(line.neq),
                amount=line.amount,
                awarded_on=line.awarded_on,
                status=line.status,
            )
            for tender_id, notice in said.items()
            for line in notice.awards or []
        )

    def announce(self, story: Story) -> int:
        """Tell the hall about a notice that can be answered now, once per version. Closed ones never alert."""
        if story.shown is None or not story.shown.may_open or not story.tender.is_open:
            return 0
        post_event(
            kind="tender.imported",
            subject=f"tender:{story.tender.pk}",
            version=story.tender.version,
            payload={"open": True},
        )
        return 1
