"""Read a package release by release, set aside what is no tender, write the rest in batches.

At the end come the ties that became possible: a profile made after its notices, a seller inscribed after its awards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pghistory
from django.db import connection
from django.utils.translation import gettext as _

from marketplace.web.list_versions import NOTICES, record_list_change
from marketplace.web.locks import hold_lock
from marketplace.web.verbs import verb

from .cleaning import clean_moment
from .opening import PackageError
from .packages import Unreadable, own_names, read_package
from .places import place_by_profile
from .releases import ReleaseError, TenderRelease, read_release
from .report import Place, Rejection, TenderReport
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
    hold_import()
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


def hold_import() -> None:
    """Until this transaction ends, nobody else writes notices."""
    hold_lock(LOCK)


def read_releases(path: Path, name: str, report: TenderReport) -> Iterator[tuple[int, TenderRelease]]:
    """The releases that can be taken, with their place in the file; the others, and what to warn of, go to the report."""
    seen: dict[tuple[str, str], str] = {}
    published: dict[tuple[str, str], str] = {}
    try:
        for raw in read_package(path):
            report.releases += raw.index is not None
            at = Place(name, raw.index, raw.line, raw.offset)
            try:
                if isinstance(raw.value, Unreadable):
                    raise ReleaseError(raw.value.message)
                release = read_release(raw.value)
            except ReleaseError as error:
                report.rejected.append(at.told(str(error), *own_names(raw.value)))
                continue
            for message in (*raw.warnings, *release.warnings):
                report.warnings.append(at.told(message, release.ocid, release.release_id))
            key = (release.ocid, release.release_id)
            if seen.get(key) == release.fingerprint:
                report.unchanged += 1
            else:
                if key in seen and published[key] == raw.published:
                    message = _(
                        "Ce fichier donne deux contenus à cette version, sans dire lequel est le bon. Un seul est gardé,"
                        " toujours le même : demandez au diffuseur de corriger son fichier."
                    )
                    report.warnings.append(at.told(message, release.ocid, release.release_id))
                seen[key], published[key] = release.fingerprint, raw.published
                yield raw.index or 0, replace(release, package_published_at=clean_moment(raw.published))
    except PackageError as error:
        report.rejected.append(Rejection(name, None, "", "", str(error)))


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
# A winner without a NEQ whose name and town staff have recognised.
_NAMED_AWARDS = """
UPDATE buyers_award a SET organisation_id = s.organisation_id FROM buyers_sellername s
WHERE s.status = 'confirmed' AND a.organisation_id IS NULL AND a.neq = ''
  AND f_fold(a.name) = s.key AND f_fold(a.town) = s.town
"""


@verb
def link_known(*, by: User | None) -> None:
    """Tie parties to profiles, notices to buyers and regions, awards to organisations, where that is now known.

    The end of whatever writes notices: their list is another from here on.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PARTIES)
        cursor.execute(_TENDERS)
        tied = [tender_id for (tender_id,) in cursor.fetchall()]
        cursor.execute(_AWARDS)
        cursor.execute(_NAMED_AWARDS)
    place_by_profile(tied)
    record_list_change(NOTICES)
