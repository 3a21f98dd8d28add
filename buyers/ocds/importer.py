"""Read a package release by release, set aside what is no notice, write the rest in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pghistory
from django.db import connection
from django.utils.translation import gettext as _

from buyers.linking import link_known
from marketplace.web.verbs import verb

from . import cleaning
from .notices import Notice, ReleaseError, understand
from .packages import PackageError, Unreadable, releases
from .report import Rejection, TenderReport
from .writing import Writer

if TYPE_CHECKING:
    from marketplace.accounts.models import User

BATCH = 500
LOCK = 2_026_002  # one import of notices at a time: two could both create the same one


@verb
def import_tenders(
    *,
    path: Path,
    by: User | None,
    name: str = "",
    progress: Callable[[int], None] = lambda releases: None,
) -> TenderReport:
    """Write the notices of one release package; `name` is what the report calls it. Again, nothing changes."""
    name = name or path.name
    pghistory.context(import_file=name)
    report = TenderReport()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    writer = Writer(file_name=name, report=report)
    batch: list[tuple[int, Notice]] = []
    for indexed in notices(path, name, report):
        batch.append(indexed)
        if len(batch) == BATCH:
            writer.write(batch)
            batch = []
            progress(report.releases)
    writer.write(batch)
    link_known(by=by)
    return report


def notices(path: Path, name: str, report: TenderReport) -> Iterator[tuple[int, Notice]]:
    """The releases that can be taken, with their place in the file; the others go to the report."""
    seen: dict[tuple[str, str], str] = {}
    try:
        for index, release in enumerate(releases(path), 1):
            report.releases += 1
            if isinstance(release, Unreadable):
                report.rejected.append(Rejection(name, index, "", "", release.message))
                continue
            try:
                notice = understand(release)
            except ReleaseError as error:
                report.rejected.append(Rejection(name, index, *named(release), str(error)))
                continue
            key = (notice.ocid, notice.release_id)
            if key not in seen:
                seen[key] = notice.fingerprint
                yield index, notice
            elif seen[key] == notice.fingerprint:
                report.unchanged += 1
            else:
                message = _(
                    "Ce fichier contient déjà cette version, avec un autre contenu. La première est gardée."
                )
                report.rejected.append(Rejection(name, index, notice.ocid, notice.release_id, message))
    except PackageError as error:
        report.rejected.append(Rejection(name, None, "", "", str(error)))


def named(release: Any) -> tuple[str, str]:
    """What a rejected release calls itself, for the report."""
    said = cleaning.mapping(release)
    return cleaning.text(said.get("ocid"), 80), cleaning.text(said.get("id"), 60)
