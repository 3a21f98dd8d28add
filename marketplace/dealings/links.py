"""The mailed « Pas pour nous » link: signed, names no one, and works only while its reader is a member."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from buyers.models import Tender
from marketplace.accounts.models import User
from suppliers.models import Supplier

_signer = Signer(salt="dealings.decline", sep=".")


@dataclass(frozen=True)
class DeclineLink:
    supplier: Supplier
    tender: Tender
    reader: User


def decline_path(*, supplier_id: int, tender_id: int, reader_id: int) -> str:
    """The path of the link; it holds row numbers and their signature only."""
    token = _signer.sign(f"{supplier_id}-{tender_id}-{reader_id}")
    return reverse("dealings:decline", kwargs={"token": token})


def read(token: str) -> DeclineLink | None:
    """What a link is about; None where it was not made here, or its reader has left the enterprise."""
    try:
        supplier_id, tender_id, reader_id = (int(part) for part in _signer.unsign(token).split("-"))
    except (BadSignature, ValueError):
        return None
    supplier = Supplier.objects.select_related("organisation").filter(pk=supplier_id).first()
    tender = Tender.objects.filter(pk=tender_id).first()
    reader = User.objects.filter(pk=reader_id, is_active=True).first()
    if not supplier or not tender or not reader or supplier.organisation_id not in reader.organisation_ids:
        return None
    return DeclineLink(supplier, tender, reader)
