"""A batch of releases against the database: versions kept, then the row, lots, bidders and awards of each notice that they
touch written as all its versions say (`derivation`); what opens is announced."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import DataError, IntegrityError, models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Award, Bidder, Lot, Tender, TenderVersion
from marketplace.accounts.models import Organisation
from marketplace.classification.labels import ensure_codes, learn_code_labels, seao_category_labels
from marketplace.outbox.events import post_event
from marketplace.outbox.models import Mention

from .derivation import EDITION, NoticeState, derive_notice, text_order
from .places import BuyingParties, KnownBuyers, NoticePlaces
from .releases import TenderRelease
from .report import Rejection, TenderReport

DERIVED = (
    "number", "reference", "title", "language", "title_en", "description", "status", "method", "method_details", "category",
    "seao_category_id", "unspsc", "buyer_id", "party_id", "buyer_name", "region_id", "mrc_id", "region_source",
    "estimated_amount", "currency", "published_at", "closes_at", "awarded", "bidder_count", "lots_text", "version",
    "url",
)  # fmt: skip
WRITTEN = [
    *(name.removesuffix("_id") for name in DERIVED if name != "party_id"),
    "party",
    "changed_at",
    "derivation",
]
Key = tuple[str, str]  # (ocid, release id)


@dataclass
class NoticeUpdate:
    """A notice that a batch touches: its new texts by release id, and the state that follows."""

    tender: Tender
    is_new: bool
    fresh: dict[str, TenderVersion] = field(default_factory=dict)
    releases: int = 0
    before: tuple[Any, ...] = ()
    was_news: bool = False
    state: NoticeState | None = None


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
                message = _("La base de données a refusé cette version. Envoyez-la à l’équipe du site.")
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
        updates = self.updates_of([release for _, release in batch], counts)
        counts.announced += self.write_states(updates)
        for update in updates:
            counts.tenders_created += update.is_new
            counts.tenders_updated += update.releases - update.is_new
        return counts

    def updates_of(self, releases: list[TenderRelease], counts: TenderReport) -> list[NoticeUpdate]:
        """The notices with a text that is new. Of two texts of one version, the package published last is right."""
        tenders = lock_tenders({release.ocid for release in releases})
        known = kept_texts(tenders.values(), {release.release_id for release in releases})
        updates: dict[str, NoticeUpdate] = {}
        confirmed: dict[Key, TenderVersion] = {}
        for release in releases:
            ocid, key = release.ocid, (release.ocid, release.release_id)
            update = updates.get(ocid) or NoticeUpdate(
                tenders.get(ocid) or Tender(ocid=ocid), is_new=ocid not in tenders
            )
            text, before = (
                version_text(update.tender, release),
                update.fresh.get(release.release_id) or known.get(key),
            )
            if before is None or text_order(text) > text_order(before):
                if before is not None and before.pk and before.fingerprint == text.fingerprint:
                    before.package_published_at = text.package_published_at
                    confirmed[key] = before
                else:
                    update.fresh[release.release_id] = text
                    updates[ocid] = update
                    update.releases += 1
                    continue
            counts.unchanged += 1
        TenderVersion.objects.bulk_update(confirmed.values(), ["package_published_at"])
        return list(updates.values())

    def write_states(self, updates: list[NoticeUpdate]) -> int:
        """Keep the new texts, derive each notice from all its versions and write what changed; how many were announced."""
        if not updates:
            return 0
        kept: dict[int, list[TenderVersion]] = defaultdict(list)
        for version in TenderVersion.objects.filter(
            tender__in=[u.tender.pk for u in updates if not u.is_new]
        ):
            kept[version.tender_id].append(version)
        for update in updates:
            others = [v for v in kept.pop(update.tender.pk, []) if v.release_id not in update.fresh]
            update.before = derived_values(update.tender)
            update.was_news = not update.is_new and update.tender.is_news
            update.state = derive_notice(update.tender.ocid, [*others, *update.fresh.values()])
        states = [(update.tender, update.state) for update in updates if update.state]
        self.learn_labels(state.said for _, state in states)
        parties = BuyingParties([state.said for _, state in states], self.buyers, self.places)
        parties.save()
        for tender, state in states:
            show_state(tender, state, parties)
        self.write_rows(updates)
        write_parts(Lot, {tender.pk: lot_rows(state) for tender, state in states})
        write_parts(Bidder, {tender.pk: bidder_rows(state) for tender, state in states})
        write_parts(Award, {tender.pk: award_rows(state) for tender, state in states})
        # Mails about these notices that have not left hear at once of another closing.
        Mention.objects.unsent().follow({u.tender.ocid: u.tender.open_until for u in updates if not u.is_new})
        return sum(map(announce, updates))

    def learn_labels(self, releases: Iterable[TenderRelease]) -> None:
        said = {pair for release in releases for pair in release.labels.items()} - self.learnt
        ensure_codes([code for code, label in said if not label])
        learn_code_labels(sorted(said))
        self.learnt |= said

    def write_rows(self, updates: list[NoticeUpdate]) -> None:
        now = timezone.now()
        for update in updates:
            if update.before != derived_values(update.tender):
                update.tender.changed_at = now
        Tender.objects.bulk_create([update.tender for update in updates if update.is_new])
        Tender.objects.bulk_create(
            [update.tender for update in updates if not update.is_new],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=WRITTEN,
        )
        TenderVersion.objects.bulk_create(
            [version for update in updates for version in update.fresh.values()],
            update_conflicts=True,
            unique_fields=["tender", "release_id"],
            update_fields=["tags", "released_at", "package_published_at", "release", "fingerprint"],
        )


def lock_tenders(ocids: Iterable[str]) -> dict[str, Tender]:
    rows = Tender.objects.filter(ocid__in=list(ocids)).order_by("pk").select_for_update()
    return {tender.ocid: tender for tender in rows}


def kept_texts(tenders: Iterable[Tender], release_ids: Iterable[str]) -> dict[Key, TenderVersion]:
    """The versions that are kept already, without what they say."""
    ocids = {tender.pk: tender.ocid for tender in tenders}
    rows = TenderVersion.objects.filter(tender__in=list(ocids), release_id__in=list(release_ids))
    return {(ocids[row.tender_id], row.release_id): row for row in rows.defer("release")}


def version_text(tender: Tender, release: TenderRelease) -> TenderVersion:
    return TenderVersion(
        tender=tender,
        release_id=release.release_id,
        tags=release.tags,
        released_at=release.released_at,
        package_published_at=release.package_published_at,
        release=release.kept,
        fingerprint=release.fingerprint,
    )


def derived_values(tender: Tender) -> tuple[Any, ...]:
    return tuple(getattr(tender, name) for name in DERIVED)


def show_state(tender: Tender, state: NoticeState, parties: BuyingParties) -> None:
    """Give the row its derived values, its buyer and its place."""
    said = state.said
    for name, value in said.fields.items():
        setattr(tender, name, value)
    place, buyer = parties.place_of(said), parties.buyer_of(said)
    tender.region_id, tender.mrc_id, tender.region_source = place.region, place.mrc, place.source
    tender.seao_category_id = said.seao_category if said.seao_category in seao_category_labels() else None
    tender.buyer_id = buyer.pk if buyer else None
    tender.party_id = said.party.party_id or None
    tender.derivation = EDITION


def lot_rows(state: NoticeState) -> list[Lot]:
    return [
        Lot(
            lot_id=lot.lot_id,
            position=position,
            title=lot.title,
            description=lot.description,
            amount=lot.amount,
            currency=lot.currency,
            status=lot.status,
            unspsc=list(lot.codes),
        )
        for position, lot in enumerate(state.lots, 1)
    ]


def bidder_rows(state: NoticeState) -> list[Bidder]:
    return [Bidder(party_id=b.party_id, neq=b.neq, name=b.name, won=b.won) for b in state.bidders]


def award_rows(state: NoticeState) -> list[Award]:
    return [
        Award(
            award_id=line.award_id,
            neq=line.neq,
            name=line.name,
            amount=line.amount,
            currency=line.currency,
            awarded_on=line.awarded_on,
            status=line.status,
            lots=list(line.lots),
            town=line.town,
            ends_on=line.ends_on,
            end_is_reckoned=line.end_is_reckoned,
        )
        for line in state.awards
    ]


def write_parts(model: type[models.Model], rows: dict[int, list[Any]]) -> None:
    """The lots, bidders or awards of notices (by id), written again only where they are not the same already."""
    apart = {"id", "tender", "organisation"}
    names = [f.attname for f in model._meta.concrete_fields if f.name not in apart]

    def values(row: Any) -> tuple[str, ...]:
        return tuple(repr(getattr(row, name)) for name in names)

    before: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for row in model._default_manager.filter(tender__in=list(rows)):
        before[row.tender_id].append(values(row))
    changed = [pk for pk, wanted in rows.items() if sorted(before.get(pk, [])) != sorted(map(values, wanted))]
    model._default_manager.filter(tender__in=changed).delete()
    fresh = [row for pk in changed for row in rows[pk]]
    neqs = {row.neq for row in fresh} if model is Award else set()
    sellers = dict(
        Organisation.objects.filter(neq__in=neqs - {""}).values_list("neq", Coalesce("merged_into", "pk"))
    )
    for pk in changed:
        for row in rows[pk]:
            row.tender_id = pk
            if model is Award:
                row.organisation_id = sellers.get(row.neq)
    model._default_manager.bulk_create(fresh)


def announce(update: NoticeUpdate) -> int:
    """An event for a notice that can be answered now, once per version. Closed ones never alert.

    It is news where its latest version is, or where the notice could not be answered before.
    """
    tender, state = update.tender, update.state
    if state is None or not state.said.may_open or not tender.is_news:
        return 0
    if update.was_news and state.said.release_id not in update.fresh:
        return 0
    post_event(
        kind="tender.imported",
        subject=f"tender:{tender.pk}",
        version=tender.short_version,
        payload={"open": True},
    )
    return 1
