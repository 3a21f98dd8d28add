"""Read a package release by release, set aside what is no tender, write the rest in batches.

At the end come the ties that became possible: a profile made after its notices, a seller inscribed after its awards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pghistory
from django.db import connection
from django.utils.translation import gettext as _

from marketplace.web.verbs import verb

from .cleaning import as_mapping, clean_text
from .packages import PackageError, Unreadable, read_package
from .places import place_by_profile
from .releases import ReleaseError, TenderRelease, read_release
from .report import Rejection, TenderReport
from .writing import TenderWriter

if TYPE_CHECKING:
    from marketplace.accounts.models import User

BATCH = 500
LOCK = 2_026_002  # one import of tenders at a time: two could both create the same one


@verb
def import_tenders(
    *,
    path: Path,
    by: User | None,
    name: str = "",
    progress: Callable[[int], None] = lambda releases: None,
) -> TenderReport:
    """Write the tenders of one release package; `name` is what the report calls it. Again, nothing changes."""
    name = name or path.name
    pghistory.context(import_file=name)
    report = TenderReport()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    writer = TenderWriter(file_name=name, report=report)
    batch: list[tuple[int, TenderRelease]] = []
    for indexed in read_releases(path, name, report):
        batch.append(indexed)
        if len(batch) == BATCH:
            writer.write(batch)
            batch = []
            progress(report.releases)
    writer.write(batch)
    link_known(by=by)
    return report


def read_releases(path: Path, name: str, report: TenderReport) -> Iterator[tuple[int, TenderRelease]]:
    """The releases that can be taken, with their place in the file; the others go to the report."""
    seen: dict[tuple[str, str], str] = {}
    try:
        for index, raw in enumerate(read_package(path), 1):
            report.releases += 1
            if isinstance(raw, Unreadable):
                report.rejected.append(Rejection(name, index, "", "", raw.message))
                continue
            try:
                release = read_release(raw)
            except ReleaseError as error:
                report.rejected.append(Rejection(name, index, *_own_names(raw), str(error)))
                continue
            key = (release.ocid, release.release_id)
            if key not in seen:
                seen[key] = release.fingerprint
                yield index, release
            elif seen[key] == release.fingerprint:
                report.unchanged += 1
            else:
                message = _(
                    "Ce fichier contient déjà cette version, avec un autre contenu. La première est gardée."
                )
                report.rejected.append(Rejection(name, index, release.ocid, release.release_id, message))
    except PackageError as error:
        report.rejected.append(Rejection(name, None, "", "", str(error)))


def _own_names(raw: Any) -> tuple[str, str]:
    """What a rejected release calls itself, for the report."""
    said = as_mapping(raw)
    return clean_text(said.get("ocid"), 500), clean_text(said.get("id"), 500)


# --- ties that become possible later ----------------------------------------------------------------------------------

# A name that two profiles share ties to neither; one that only a person declared ties to nothing.
_PARTIES = """
UPDATE buyers_buyerparty p SET buyer_id = named.id
FROM (
    SELECT min(b.id) AS id, f_fold(o.name) AS name
    FROM buyers_buyer b JOIN accounts_organisation o ON o.id = b.organisation_id
    WHERE b.is_listed OR o.institution_verified_on IS NOT NULL
    GROUP BY f_fold(o.name) HAVING count(*) = 1
) named
WHERE p.buyer_id IS NULL AND NOT p.is_abroad AND f_fold(p.name) = named.name
"""
_TENDERS = """
UPDATE buyers_tender t SET buyer_id = p.buyer_id FROM buyers_buyerparty p
WHERE t.party_id = p.party_id AND t.buyer_id IS NULL AND p.buyer_id IS NOT NULL RETURNING t.id
"""
_AWARDS = """
UPDATE buyers_award a SET organisation_id = o.id FROM accounts_organisation o
WHERE a.organisation_id IS NULL AND a.neq <> '' AND o.neq = a.neq
"""


@verb
def link_known(*, by: User | None) -> None:
    """Tie parties to profiles, notices to buyers and regions, awards to organisations, where that is now known."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTIES)
        cursor.execute(_TENDERS)
        tied = [tender_id for (tender_id,) in cursor.fetchall()]
        cursor.execute(_AWARDS)
    place_by_profile(tied)
