"""Releases in SEAO's dialect with invented content, so that tests need no file from outside."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from buyers.ocds.importer import import_tenders
from buyers.ocds.report import TenderReport


def in_days(days: float) -> str:
    """A moment from now as SEAO writes it."""
    return (timezone.localtime() + timedelta(days=days)).isoformat(timespec="seconds")


def stamp(at: datetime) -> str:
    return at.strftime("%Y%m%d%H%M%S")


def notice(number: int = 20990001, version: str = "20260801120000", **changes: Any) -> dict[str, Any]:
    """An open notice of the Ville de Shawinigan. `changes` are dotted by `__`: `tender__title="…"`."""
    release: dict[str, Any] = {
        "ocid": f"ocds-ec9k95-{number}",
        "id": version,
        "date": in_days(-3),
        "tag": ["tender"],
        "initiationType": "tender",
        "parties": [
            {
                "name": "Ville de Shawinigan",
                "id": "OP-10001",
                "roles": ["buyer"],
                "details": {"municipal": "1"},
            }
        ],
        "buyer": {"name": "Ville de Shawinigan", "id": "OP-10001"},
        "tender": {
            "id": "AO-2026-014",
            "title": "Entretien ménager de l\u2019hôtel de ville",
            "status": "active",
            "procuringEntity": {"name": "Ville de Shawinigan", "id": "OP-10001"},
            "items": [
                {
                    "id": "S9",
                    "description": "S9 - Entretien et réparation",
                    "classification": {
                        "scheme": "UNSPSC",
                        "id": "76111500",
                        "description": "Services de nettoyage et d'entretien général",
                    },
                }
            ],
            "procurementMethod": "open",
            "procurementMethodDetails": "Avis d\u2019appel d\u2019offres",
            "mainProcurementCategory": "services",
            "additionalProcurementCategories": ["Services"],
            "tenderPeriod": {"startDate": in_days(-3), "endDate": in_days(20), "durationInDay": 23},
            "documents": [{"url": f"https://seao.gouv.qc.ca/avis?ItemId={number}"}],
        },
        "language": "fr",
    }
    return changed(release, **changes)


def awarded(number: int = 20990002, version: str = "20260801130000", **changes: Any) -> dict[str, Any]:
    """A contract that was awarded: no closing date, a seller by NEQ."""
    release = notice(number, version)
    release["tag"] = ["contract"]
    release["tender"] |= {
        "status": "complete",
        "procurementMethod": "direct",
        "tenderPeriod": {"startDate": in_days(-3)},
    }
    release["parties"].append(
        {
            "name": "Ménage Modèle inc. ",
            "id": "FO-1170000001",
            "address": {
                "locality": "Grand-Mère",
                "region": "QC",
                "postalCode": "G9T1A1",
                "countryName": "CAN",
            },
            "roles": ["supplier"],
            "details": {"neq": "1170000001"},
        }
    )
    release["awards"] = [
        {
            "id": "20990102",
            "status": "active",
            "date": "2026-07-15T00:00:00-04:00",
            "value": {"amount": 41250.5, "currency": "CAD"},
            "suppliers": [{"name": "Ménage Modèle inc. ", "id": "FO-1170000001"}],
        }
    ]
    release["contracts"] = [
        {
            "id": "20990102",
            "awardID": "20990102",
            "status": "active",
            "value": {"amount": 43000.0, "currency": "CAD"},
        }
    ]
    return changed(release, **changes)


def changed(release: dict[str, Any], **changes: Any) -> dict[str, Any]:
    release = copy.deepcopy(release)
    for path, value in changes.items():
        *folders, last = path.split("__")
        target = release
        for folder in folders:
            target = target[folder]
        if value is ...:
            target.pop(last, None)
        else:
            target[last] = value
    return release


def package(*releases: Any, published: str | None = None) -> bytes:
    said = {"publishedDate": published} if published else {}
    whole = {"version": "1.1", **said, "publisher": {"name": "Essai"}, "releases": list(releases)}
    return json.dumps(whole).encode()


class Feed:
    """Writes packages into a folder and imports them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def file(self, content: bytes) -> Path:
        self.count += 1
        path = self.folder / f"hebdo-{self.count}.json"
        path.write_bytes(content)
        return path

    def load(self, *releases: Any, published: str | None = None) -> TenderReport:
        return import_tenders(path=self.file(package(*releases, published=published)), by=None)


def counts(report: TenderReport) -> tuple[int, int, int, int, int]:
    """Read, created, updated, unchanged, rejected."""
    return (
        report.releases, report.tenders_created, report.tenders_updated, report.unchanged, len(report.rejected),
    )  # fmt: skip
