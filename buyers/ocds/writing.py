"""A batch of releases against the database: versions kept, the latest shown, awards linked, open news announced."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Award, Tender, TenderVersion
from marketplace.accounts.models import Organisation
from marketplace.classification.labels import ensure_codes, learn_code_labels, seao_category_labels
from marketplace.outbox.events import post_event
from marketplace.outbox.models import Mention

from .places import BuyingParties, KnownBuyers, NoticePlaces
from .releases import TenderRelease, version_key
from .report import Rejection, TenderReport

SHOWN = (
    "number", "reference", "title", "description", "status", "method", "method_details", "category", "seao_category",
    "unspsc", "buyer", "party", "buyer_name", "region", "mrc", "region_source", "estimated_amount", "currency", "published_at",
    "closes_at", "version", "url", "changed_at",
)  # fmt: skip


@dataclass
class TenderUpdate:
    """One tender of a batch: the versions that are new or say something new, and what they do to it."""

    tender: Tender
    is_new: bool
    releases: list[tuple[int, TenderRelease]] = field(default_factory=list)
    shown: TenderRelease | None = None  # the version that now speaks for the tender, where that changed

    def choose_shown(self) -> None:
        latest = max((release for _, release in self.releases), key=lambda release: release.order)
        if self.is_new or latest.order >= version_key(self.tender.version):
            self.shown = latest

    @property
    def closing_known_before(self) -> TenderRelease | None:
        """The latest version of the batch that says when the tender closes: award-only versions do not."""
        dated = [release for _, release in self.releases if release.fields["closes_at"]]
        return max(dated, key=lambda release: release.order, default=None)


class TenderWriter:
    """Writes batches of (index, release) and counts. A release that the database refuses is reported alone."""

    def __init__(self, *, file_name: str, report: TenderReport) -> None:
        self.file_name = file_name
        self.report = report
        self.learnt: set[tuple[str, str]] = set()

    @functools.cached_property
    def buyers(self) -> KnownBuyers:
        return KnownBuyers()

    @functools.cached_property
    def places(self) -> NoticePlaces:
        return NoticePlaces.load()

    def write(self, batch: list[tuple[int, TenderRelease]]) -> None:
        try:
            with transaction.atomic():
                counts = self._write(batch)
        except (DataError, IntegrityError):
            if len(batch) == 1:
                index, release = batch[0]
                message = _("La base de données a refusé cette version.")
                self.report.rejected.append(
                    Rejection(self.file_name, index, release.ocid, release.release_id, message)
                )
                return
            half = len(batch) // 2
            self.write(batch[:half])
            self.write(batch[half:])
            return
        self.report.add(counts)

    def _write(self, batch: list[tuple[int, TenderRelease]]) -> TenderReport:
        counts = TenderReport()
        updates = self.updates_of(batch, counts)
        if not updates:
            return counts
        self.learn_labels(release for update in updates for _, release in update.releases)
        parties = BuyingParties(
            [release for update in updates for _, release in update.releases], self.buyers, self.places
        )
        parties.save()
        for update in updates:
            update.choose_shown()
            if update.shown is not None:
                self.show(update, update.shown, parties)
        Tender.objects.bulk_create([update.tender for update in updates if update.is_new])
        Tender.objects.bulk_create(
            [update.tender for update in updates if update.shown and not update.is_new],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=SHOWN,
        )
        self.keep_versions(updates)
        self.write_awards(updates)
        # Mails about these tenders that have not left hear at once of another closing.
        changed = [update.tender for update in updates if update.shown and not update.is_new]
        Mention.objects.unsent().follow({tender.ocid: tender.open_until for tender in changed})
        for update in updates:
            counts.announced += self.announce(update)
            counts.tenders_created += update.is_new
            counts.tenders_updated += len(update.releases) - update.is_new
        return counts

    def updates_of(self, batch: list[tuple[int, TenderRelease]], counts: TenderReport) -> list[TenderUpdate]:
        ocids = {release.ocid for _, release in batch}
        tenders = {t.ocid: t for t in Tender.objects.filter(ocid__in=ocids).select_for_update()}
        known = {
            (ocid, release_id): fingerprint
            for ocid, release_id, fingerprint in TenderVersion.objects.filter(
                tender__in=[tender.pk for tender in tenders.values()],
                release_id__in={release.release_id for _, release in batch},
            ).values_list("tender__ocid", "release_id", "fingerprint")
        }
        updates: dict[str, TenderUpdate] = {}
        for index, release in batch:
            if known.get((release.ocid, release.release_id)) == release.fingerprint:
                counts.unchanged += 1
                continue
            if release.ocid not in updates:
                tender = tenders.get(release.ocid)
                updates[release.ocid] = TenderUpdate(
                    tender or Tender(ocid=release.ocid), is_new=tender is None
                )
            updates[release.ocid].releases.append((index, release))
        return list(updates.values())

    def learn_labels(self, releases: Iterable[TenderRelease]) -> None:
        said = {pair for release in releases for pair in release.labels.items()} - self.learnt
        ensure_codes([code for code, label in said if not label])
        learn_code_labels(sorted(said))
        self.learnt |= said

    def show(self, update: TenderUpdate, release: TenderRelease, parties: BuyingParties) -> None:
        """Let a version speak for the release."""
        tender = update.tender
        closed_before = tender.closes_at
        if release.has_tender or update.is_new:
            for name, value in release.fields.items():
                setattr(tender, name, value)
        elif release.awards:
            tender.status = release.fields["status"]
        if tender.closes_at is None:
            dated = update.closing_known_before
            tender.closes_at = dated.fields["closes_at"] if dated else closed_before
        place = parties.place_of(release)
        tender.region_id, tender.mrc_id, tender.region_source = place.region, place.mrc, place.source
        tender.seao_category_id = (
            release.seao_category if release.seao_category in seao_category_labels() else None
        )
        tender.buyer = parties.buyer_of(release)
        tender.party_id = release.party.party_id or None
        tender.version = release.release_id
        tender.changed_at = timezone.now()

    def keep_versions(self, updates: list[TenderUpdate]) -> None:
        TenderVersion.objects.bulk_create(
            [
                TenderVersion(
                    tender=update.tender,
                    release_id=release.release_id,
                    tags=release.tags,
                    released_at=release.released_at,
                    release=release.kept,
                    fingerprint=release.fingerprint,
                )
                for update in updates
                for _, release in update.releases
            ],
            update_conflicts=True,
            unique_fields=["tender", "release_id"],
            update_fields=["tags", "released_at", "release", "fingerprint"],
        )

    def write_awards(self, updates: list[TenderUpdate]) -> None:
        """The winners as the latest version that names any; one that is silent leaves them as they are."""
        said: dict[int, TenderRelease] = {}
        for update in updates:
            if update.shown is None:
                continue
            speaking = [release for _, release in update.releases if release.awards is not None]
            if update.shown.awards is not None or (update.is_new and speaking):
                said[update.tender.pk] = (
                    update.shown if update.shown.awards is not None else max(speaking, key=lambda n: n.order)
                )
        Award.objects.filter(tender__in=said.keys()).delete()
        neqs = {line.neq for release in said.values() for line in release.awards or [] if line.neq}
        sellers = dict(Organisation.objects.filter(neq__in=neqs).values_list("neq", "pk"))
        Award.objects.bulk_create(
            Award(
                tender_id=tender_id,
                award_id=line.award_id,
                neq=line.neq,
                name=line.name,
                organisation_id=sellers.get(line.neq),
                amount=line.amount,
                currency=line.currency,
                awarded_on=line.awarded_on,
                status=line.status,
            )
            for tender_id, release in said.items()
            for line in release.awards or []
        )

    def announce(self, update: TenderUpdate) -> int:
        """An event for a tender that can be answered now, once per version. Closed ones never alert."""
        if update.shown is None or not update.shown.may_open or not update.tender.is_news:
            return 0
        post_event(
            kind="tender.imported",
            subject=f"tender:{update.tender.pk}",
            version=update.tender.short_version,
            payload={"open": True},
        )
        return 1
