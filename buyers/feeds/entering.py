"""A notice entered by hand: each save is a release of ours, kept and derived as those of any publisher (docs/adr/0019)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from buyers.models import EnteredNotice, Tender
from buyers.ocds.importer import hold_import, link_known
from buyers.ocds.releases import read_release
from buyers.ocds.report import TenderReport
from buyers.ocds.writing import TenderWriter
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.web.verbs import verb

#: Ours, for notices that no publisher gives.
PREFIX = "ocds-saisie-"


def can_enter_notice(user: User, notice: EnteredNotice) -> bool:
    """Staff of its pôle."""
    return user.is_superuser or (user.is_active and notice.pole_id in user.pole_codes)


@verb
def publish_entered_notice(*, notice: EnteredNotice, by: User | None) -> Tender:
    """What was typed becomes a version of the public notice. Typed the same, it is no new version."""
    check_permission(can_enter_notice, by, notice)
    hold_import()
    former = notice.tender
    now = timezone.now()
    release = release_of(notice, is_first=former is None)
    if former is not None:
        latest = former.versions.order_by("-released_at", "-pk").first()
        if latest is not None and _said(latest.release) == _said(
            read_release({**release, "id": "-", "date": ""}).kept
        ):
            return former
    release |= {"id": f"{now:%Y%m%d%H%M%S%f}", "date": now.isoformat()}
    TenderWriter(file_name=str(notice), report=TenderReport()).write([(1, read_release(release))])
    link_known(by=by)
    tender = Tender.objects.get(ocid=release["ocid"])
    if former is None:
        notice.tender = tender
        notice.save(update_fields=["tender"])
    return tender


def _said(kept: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in kept.items() if key not in ("id", "date", "tag")}


def release_of(notice: EnteredNotice, *, is_first: bool) -> dict[str, Any]:
    """The release, without its id and its date."""
    party = party_of(notice)
    tender: dict[str, Any] = {
        "id": notice.reference,
        "title": notice.title,
        "description": notice.description,
        "status": "cancelled" if notice.is_cancelled else "active",
        "procurementMethod": notice.method,
        "mainProcurementCategory": notice.category,
        "tenderPeriod": {"endDate": timezone.localtime(notice.closes_at).isoformat()},
        "items": [
            {"id": f"s-{n}", "classification": {"scheme": "UNSPSC", "id": code}}
            for n, code in enumerate(notice.unspsc, 1)
        ],
        "documents": [{"id": "page", "url": notice.url}] if notice.url else [],
    }
    if notice.mrc is not None:
        tender["deliveryAddresses"] = [{"description": notice.mrc.name}]
    tags = ["tender"] if is_first else ["tenderUpdate"]
    return {
        "ocid": f"{PREFIX}{notice.pk}",
        "language": "fr",
        "tag": ["tenderCancellation"] if notice.is_cancelled else tags,
        "parties": [party],
        "buyer": {"id": party["id"], "name": party["name"]},
        "tender": tender,
    }


def party_of(notice: EnteredNotice) -> dict[str, Any]:
    party: dict[str, Any] = {"roles": ["buyer"], "address": {"region": "QC", "countryName": "CAN"}}
    if notice.buyer is None:
        return party | {"id": "B-0", "name": notice.buyer_name}
    organisation = notice.buyer.organisation
    party |= {"id": f"B-{notice.buyer_id}", "name": organisation.name}
    if organisation.neq:
        party["identifier"] = {"scheme": "CA-QC-NEQ", "id": organisation.neq}
    return party
