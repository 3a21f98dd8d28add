"""A source read: its list, then each of its files that may be new, fetched and imported. Safe to run twice and to kill.

One worker holds a source at a time, by a lease in `SourceState`. Each file is imported in a transaction of its own, with its
row; whatever is cut off is read again, and an import that is repeated changes nothing.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.feeds.conversion import Conversion, convert_csv
from buyers.feeds.health import look_at_source
from buyers.feeds.listing import (
    ListedFile,
    ListingError,
    list_canadabuys,
    list_ckan,
    list_single,
    wanted_files,
)
from buyers.models import FeedFile, NoticeSource, SourceState
from buyers.models.feeds import LEASE
from buyers.ocds.importer import import_tenders
from buyers.ocds.opening import opened_text
from buyers.ocds.report import TenderReport
from marketplace.accounts.models import User
from marketplace.outbox.queue import staff_language
from marketplace.web.fetching import Fetched, FetchError, ServerBusy, download, permitted
from marketplace.web.tabular import TableError
from marketplace.web.verbs import verb

log = structlog.get_logger("feeds")

LARGEST_LIST = 20 * 1024 * 1024  # bytes of a list of files
LARGEST_FILE = 300 * 1024 * 1024
#: After so long no further file is begun, and none is fetched for longer: a task ends well before it would be killed
#: (`TIME_LIMIT`), which leaves the import of the last file some minutes. What is left comes in the next task.
SECONDS, FETCH_SECONDS, TIME_LIMIT = 300.0, 240.0, 840
#: The newest files are asked for anew each time, whatever the list says of them: their server answers 304.
ASKED_AGAIN = 3
AFTER_A_FAILURE = timedelta(hours=1)
PREFIX = re.compile(rb'"ocid"\s*:\s*"(ocds-[a-z0-9]{6}-)')
KEPT = 100  # rejections, and as many warnings, kept of a file


def read_source(source_id: int) -> bool:
    """Read what is due of a source; whether it was read."""
    until = claim_source(source_id)
    if until is None:
        return False
    source = NoticeSource.objects.get(pk=source_id)
    lease = Lease(source, until)
    with staff_language(), tempfile.TemporaryDirectory(prefix="maillage-feed-") as folder:
        try:
            outcome = _read(source, Path(folder), lease)
        except (FetchError, ListingError) as why:
            wait = getattr(why, "seconds", None)
            outcome = (str(why), timedelta(seconds=wait) if wait else None)
        except LeaseLost:
            return False
        except Exception as error:  # whatever is wrong with one source, staff read it, and it is tried again
            log.exception("feed_failed", source=source_id)
            outcome = (_("La lecture a échoué (%(error)s).") % {"error": type(error).__name__}, None)
    return finish_source(lease, *outcome)


def _read(source: NoticeSource, folder: Path, lease: Lease) -> tuple[str, timedelta | None]:
    """What went wrong, in a sentence or nothing, and in how long to come back where that is not its usual time."""
    ends = time.monotonic() + SECONDS
    waiting = files_to_read(source, listed_files(source, folder))
    failed = 0
    for file in waiting:
        if time.monotonic() > ends:
            return "", timedelta()
        lease.renew()
        read_file(file, folder)
        failed += file.status == FeedFile.Status.FAILED
    if not failed:
        return "", None
    sentence = ngettext("%(n)s fichier n’a pas pu être lu.", "%(n)s fichiers n’ont pas pu être lus.", failed)
    return sentence % {"n": failed}, None


# --- The lease --------------------------------------------------------------------------------------------------------


class LeaseLost(Exception):
    """Another worker holds the source by now."""


@dataclass
class Lease:
    """What this worker holds. `until` is in the row too: whoever finds another there has lost it."""

    source: NoticeSource
    until: datetime

    def renew(self) -> None:
        until = timezone.now() + LEASE
        if not SourceState.objects.filter(source=self.source, leased_until=self.until).update(
            leased_until=until
        ):
            raise LeaseLost
        self.until = until


@transaction.atomic
def claim_source(source_id: int) -> datetime | None:
    """Until when this worker holds the source; None where another does, or nothing is due."""
    source = NoticeSource.objects.filter(pk=source_id).first()
    if source is None:
        return None
    state, _is_new = SourceState.objects.select_for_update().get_or_create(source=source)
    now = timezone.now()  # after the wait for the row
    is_due = source.is_on and (state.due_at is None or state.due_at <= now)
    if state.is_being_read or not (is_due or state.asked_at):
        return None
    state.leased_until, state.tried_at, state.asked_at = now + LEASE, now, None
    state.save(update_fields=["leased_until", "tried_at", "asked_at"])
    return state.leased_until


@transaction.atomic
def finish_source(lease: Lease, error: str, again_in: timedelta | None) -> bool:
    """Give the source back, and say when it is due; False where it was not ours any more."""
    now, source = timezone.now(), lease.source
    held = SourceState.objects.select_for_update().filter(source=source, leased_until=lease.until)
    state = held.first()
    if state is None:
        return False
    if again_in is None:
        again_in = min(source.every, AFTER_A_FAILURE) if error else source.every
    state.leased_until, state.due_at, state.error = None, now + again_in, error
    if not error:
        state.succeeded_at = now
    state.save()
    look_at_source(source=source, by=None)
    return True


# --- Which files ------------------------------------------------------------------------------------------------------


def hosts_of(source: NoticeSource) -> list[str]:
    return [permitted(source.address).hostname or "", *(host.strip().lower() for host in source.hosts)]


def listed_files(source: NoticeSource, folder: Path) -> list[ListedFile]:
    """What the source publishes now. Raises `FetchError`, `ListingError`."""
    if source.kind == NoticeSource.Kind.CANADABUYS:
        return list_canadabuys(source.address, timezone.localdate())
    if source.kind == NoticeSource.Kind.OCDS:
        return list_single(source.address)
    listing = folder / "list"
    download(source.address, listing, hosts=hosts_of(source), max_bytes=LARGEST_LIST, seconds=120)
    return wanted_files(list_ckan(listing.read_bytes()), source.since)


@transaction.atomic
def files_to_read(source: NoticeSource, listed: list[ListedFile]) -> list[FeedFile]:
    """A row for each file; those that were never read, that the list says are new, that failed, and the newest."""
    known = {file.name: file for file in source.files.select_for_update()}
    found = []
    for place, one in enumerate(listed):
        file = known.get(one.name) or FeedFile(source=source, name=one.name)
        is_other = (file.address, file.listed) != (one.address, one.said)
        if is_other:
            file.address, file.listed, file.status = one.address, one.said, FeedFile.Status.WAITING
            file.save()
        if file.status in (FeedFile.Status.WAITING, FeedFile.Status.FAILED) or place < ASKED_AGAIN:
            found.append(file)
    # One that was begun and left so may have killed its worker: the others first.
    return sorted(
        found, key=lambda file: file.status == FeedFile.Status.WAITING and file.tried_at is not None
    )


# --- One file ---------------------------------------------------------------------------------------------------------


def read_file(file: FeedFile, folder: Path) -> None:
    """Fetch a file and import it, unless it is still what was imported. What goes wrong is on its row.

    Raises `ServerBusy`, as the other files of that server can wait too.
    """
    body = folder / "body"
    was_read = bool(file.digest) and file.status not in (FeedFile.Status.WAITING, FeedFile.Status.FAILED)
    known = Fetched(etag=file.etag, modified=file.modified) if was_read else Fetched()
    file.tried_at = timezone.now()
    file.save(update_fields=["tried_at"])
    try:
        said = download(
            file.address,
            body,
            known=known,
            hosts=hosts_of(file.source),
            max_bytes=LARGEST_FILE,
            seconds=FETCH_SECONDS,
        )
        if not said.is_same:
            keep_content(file=file, path=body, said=said, by=None)
    except (FetchError, TableError) as why:
        note_failure(file, str(why))
        if isinstance(why, ServerBusy):
            raise
    except Exception as error:  # whatever is wrong with one file, the others are read
        log.exception("feed_file_failed", file=file.pk)
        note_failure(file, _("La lecture a échoué (%(error)s).") % {"error": type(error).__name__})
    finally:
        body.unlink(missing_ok=True)


def note_failure(file: FeedFile, sentence: str) -> None:
    FeedFile.objects.filter(pk=file.pk).update(status=FeedFile.Status.FAILED, error=sentence)
    file.status, file.error = FeedFile.Status.FAILED, sentence


@verb
def keep_content(*, file: FeedFile, path: Path, said: Fetched, by: User | None) -> None:
    """Import what was fetched under a file's name, and its row with it; the same content again is not read."""
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    is_same = digest == file.digest and file.status != FeedFile.Status.FAILED and file.imported_at is not None
    file.etag, file.modified, file.size = said.etag, said.modified, path.stat().st_size
    if is_same:
        file.status = FeedFile.Status.PARTLY if file.rejected_count else FeedFile.Status.DONE
        file.save()
        return
    with readable_package(file, path, said) as (package, conversion):
        report = import_tenders(path=package, name=file.name, by=by)
    note_report(file, report, conversion)
    if file.source.kind == NoticeSource.Kind.OCDS and file.status != FeedFile.Status.FAILED:
        SourceState.objects.filter(source=file.source).update(prefix=first_prefix(path))
    if digest != file.digest:
        file.contents += 1
    file.digest = digest
    file.save()


def first_prefix(path: Path) -> str:
    """What the ocids of a file begin with; "" where nobody registered it."""
    with opened_text(path) as (text, _fault):
        found = PREFIX.search(text)
        return found[1].decode() if found else ""


@contextmanager
def readable_package(file: FeedFile, path: Path, said: Fetched) -> Iterator[tuple[Path, Conversion | None]]:
    """The file as the importer reads it."""
    if file.source.kind != NoticeSource.Kind.CANADABUYS:
        yield path, None
        return
    target = path.with_name("package.json")
    conversion = convert_csv(
        path,
        target,
        name=file.name,
        published=(_moment_of(said.modified) or timezone.now()).isoformat(),
        only_quebec=file.source.territory == NoticeSource.Territory.QUEBEC,
    )
    try:
        yield target, conversion
    finally:
        target.unlink(missing_ok=True)


def _moment_of(http_date: str) -> datetime | None:
    try:
        return parsedate_to_datetime(http_date).astimezone(UTC) if http_date else None
    except ValueError:
        return None


def note_report(file: FeedFile, report: TenderReport, conversion: Conversion | None) -> None:
    """What an import did, on the row of its file."""
    rejected = report.rejected
    warnings = report.warnings
    if conversion is not None:
        rejected = [*conversion.rejected, *map(conversion.told, rejected)]
        warnings = [conversion.told(one) for one in warnings]
        if not conversion.rows:  # nothing for us in it: the importer's word for an empty package is no fault
            rejected = conversion.rejected
    is_read = report.tenders_created + report.tenders_updated + report.unchanged
    file.status = FeedFile.Status.PARTLY if rejected else FeedFile.Status.DONE
    file.error = ""
    if rejected and not is_read and conversion is None:
        file.status, file.error = FeedFile.Status.FAILED, rejected[0].message
    file.imported_at = timezone.now()
    file.releases = report.releases
    file.created, file.updated, file.unchanged = (
        report.tenders_created,
        report.tenders_updated,
        report.unchanged,
    )
    file.skipped = conversion.skipped if conversion else 0
    file.rejected_count, file.warning_count = len(rejected), len(warnings)
    file.rejected = [asdict(one) for one in rejected[:KEPT]]
    file.warnings = [asdict(one) for one in warnings[:KEPT]]
