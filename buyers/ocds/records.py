"""OCDS records: a notice with all its releases. Those that stand in it are read; else what was compiled of them. Pure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .cleaning import as_list, as_mapping, clean_text


class RecordError(Exception):
    """No release can be read in this record; the argument says what to do."""


def is_record(value: dict[str, Any]) -> bool:
    if "compiledRelease" in value or "versionedRelease" in value:
        return True
    return isinstance(value.get("releases"), list) and "tender" not in value and "ocid" in value


def releases_of_record(record: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """The releases to read, and what to warn of. Raises `RecordError`."""
    found = [release for release in as_list(record.get("releases")) if isinstance(release, dict)]
    embedded = [release for release in found if not _is_linked(release)]
    linked = len(found) - len(embedded)
    warnings = []
    if embedded:
        if linked:
            warnings.append(
                ngettext(
                    "%(n)s version de cet enregistrement n’est qu’une adresse : elle n’a pas été lue.",
                    "%(n)s versions de cet enregistrement ne sont que des adresses : elles n’ont pas été lues.",
                    linked,
                )
                % {"n": linked}
            )
        return [_with_ocid(release, record) for release in embedded], warnings
    compiled = as_mapping(record.get("compiledRelease"))
    if not compiled:
        if linked:
            raise RecordError(
                _("Cet enregistrement ne contient que les adresses de ses versions : importez ces adresses.")
            )
        raise RecordError(
            _("Cet enregistrement n’a ni « releases » ni « compiledRelease » : il n’y a rien à lire.")
        )
    if linked:
        warnings.append(
            _("Les versions de cet enregistrement ne sont que des adresses : seul leur état compilé est lu.")
        )
    return [_compiled_release(_with_ocid(compiled, record), linked=found)], warnings


def _is_linked(release: dict[str, Any]) -> bool:
    return "url" in release and not {"ocid", "tender", "awards", "contracts", "planning"} & release.keys()


def _with_ocid(release: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    return release if release.get("ocid") else {**release, "ocid": record.get("ocid")}


def _compiled_release(compiled: dict[str, Any], linked: list[dict[str, Any]]) -> dict[str, Any]:
    """A compiled release may come without an id: its date names it, else that of its latest linked release."""
    dates = sorted(filter(None, (clean_text(release.get("date"), 40) for release in linked)))
    date = clean_text(compiled.get("date"), 40) or (dates[-1] if dates else "")
    release = {**compiled, "date": date} if date else dict(compiled)
    if not release.get("id"):
        release["id"] = f"compiled-{date}" if date else "compiled"
    if not release.get("tag"):
        release["tag"] = ["compiled"]
    return release
