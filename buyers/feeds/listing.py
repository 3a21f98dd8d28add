"""Which files a source publishes, from what its list says. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from django.utils.translation import gettext as _

from buyers.ocds.cleaning import clean_url

#: « hebdo_20260727_20260802.json », « mensuel_20260701_20260731.json »; some come compressed.
PERIOD = re.compile(r"(?:hebdo|mensuel)_([0-9]{8})_([0-9]{8})[^/]*\.json(?:\.gz)?\Z", re.IGNORECASE)
TENDERS_NEW = "newTenderNotice-nouvelAvisAppelOffres.csv"
TENDERS_OPEN = "openTenderNotice-ouvertAvisAppelOffres.csv"
AWARDS = "awardNotice-avisAttribution.csv"
LONGEST_NAME = 255


class ListingError(Exception):
    """No file can be made out in the list; the argument is a sentence for staff."""


@dataclass(frozen=True)
class ListedFile:
    """`said` is what the list says of the file beside its name: where that changes, so may its content.

    `ends_on` is the last day that its notices are of, where its name says so.
    """

    name: str
    address: str
    said: str = ""
    ends_on: date | None = None


def list_ckan(text: bytes) -> list[ListedFile]:
    """SEAO's files in an answer of CKAN's `package_show`, the newest first. Raises `ListingError`.

    A name that stands twice was published again: the one that was changed last counts.
    """
    try:
        answer = json.loads(text)
    except ValueError as error:
        raise ListingError(_("La liste des fichiers n’est pas du JSON. Vérifiez l’adresse.")) from error
    result = answer.get("result") if isinstance(answer, dict) and answer.get("success", True) else None
    resources = result.get("resources") if isinstance(result, dict) else None
    if not isinstance(resources, list):
        raise ListingError(
            _("Cette adresse ne donne pas la liste d’un jeu de données CKAN. Il faut celle de package_show.")
        )
    found: dict[str, tuple[str, ListedFile]] = {}
    for resource in resources:
        if isinstance(resource, dict) and (listed := _seao_file(resource)):
            changed = _text(resource.get("last_modified") or resource.get("created"))
            before = found.get(listed.name)
            if before is None or (changed, listed.said) > (before[0], before[1].said):
                found[listed.name] = (changed, listed)
    if not found:
        raise ListingError(_("Ce jeu de données n’a aucun fichier hebdo_ ou mensuel_."))
    files = (listed for _changed, listed in found.values())
    return sorted(files, key=lambda one: (one.ends_on or date.min, one.name), reverse=True)


def _seao_file(resource: dict[str, Any]) -> ListedFile | None:
    address = clean_url(resource.get("url"))
    name = resource.get("name")
    if isinstance(name, dict):  # in several languages
        name = next(iter(name.values()), "")
    for said in (_text(name), unquote(urlsplit(address).path.rpartition("/")[2])):
        period = PERIOD.search(said.strip())
        if period and address:
            try:
                ends_on = date.fromisoformat(f"{period[2][:4]}-{period[2][4:6]}-{period[2][6:]}")
            except ValueError:
                continue
            what = "|".join(_text(resource.get(key)) for key in ("id", "last_modified", "hash", "size"))
            return ListedFile(period[0][:LONGEST_NAME], address, what[:200], ends_on)
    return None


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) else ""


def list_canadabuys(address: str, today: date) -> list[ListedFile]:
    """The CSV files of the open-data folder: new notices, those open, awards of the fiscal year. A single CSV is itself."""
    if urlsplit(address).path.lower().endswith(".csv"):
        return [_own_file(address)]
    folder = address if address.endswith("/") else f"{address}/"
    year = today.year if today.month >= 4 else today.year - 1
    names = (TENDERS_NEW, TENDERS_OPEN, f"{year}-{year + 1}-{AWARDS}")
    return [ListedFile(name, urljoin(folder, name)) for name in names]


def list_single(address: str) -> list[ListedFile]:
    return [_own_file(address)]


def _own_file(address: str) -> ListedFile:
    parts = urlsplit(address)
    name = unquote(parts.path.rpartition("/")[2]) or parts.netloc
    return ListedFile(name[:LONGEST_NAME], address)


def wanted_files(files: Iterable[ListedFile], since: date | None) -> list[ListedFile]:
    """Those of the period that the source is read from."""
    return [one for one in files if since is None or one.ends_on is None or one.ends_on >= since]
