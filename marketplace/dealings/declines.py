"""« Ce n’est pas pour nous »: the notice leaves the supplier's space and never comes back by mail; it can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.dealings.models import Decline, Interest
from marketplace.dealings.notices import Notice, about
from marketplace.matching.feedback.lessons import learn_lesson
from marketplace.matching.models import Alert
from marketplace.matching.suggestions import bring_tender_back, set_tender_aside
from marketplace.web.emails import absolute_url
from marketplace.web.verbs import verb
from suppliers.models import Supplier
from suppliers.permissions import can_act_for_supplier


@verb
def decline_notice(
    *, supplier: Supplier, notice: Notice, by: User | None, reason: str = "", note: str = ""
) -> Decline:
    """Put a notice aside for a supplier; it interests it no more. A second time only says why, where that is given.

    Why teaches what to make of notices like it (`matching.feedback.lessons`).
    """
    _check(supplier, by)
    said = {"reason": reason, "note": note}
    refusal, is_new = Decline.objects.get_or_create(
        supplier=supplier, **about(notice), defaults={"by": by, **said}
    )
    if (is_new and reason) or (not is_new and reason and refusal.reason != reason):
        learn_lesson(supplier=supplier, notice=notice, kind=reason, by=by)
    if is_new:
        Interest.objects.filter(supplier=supplier, **about(notice)).delete()
        if isinstance(notice, Tender):
            set_tender_aside(supplier=supplier, tender=notice, by=by)
    elif reason and (refusal.reason, refusal.note) != (reason, note):
        refusal.reason, refusal.note = reason, note
        refusal.save(update_fields=["reason", "note"])
    return refusal


@verb
def take_back_decline(*, supplier: Supplier, notice: Notice, by: User | None) -> bool:
    """Let the notice come back among the supplier's suggestions; whether it had been put aside."""
    _check(supplier, by)
    deleted, _by_model = Decline.objects.filter(supplier=supplier, **about(notice)).delete()
    if deleted:
        learn_lesson(supplier=supplier, notice=notice, kind="", by=by)
    if deleted and isinstance(notice, Tender):
        bring_tender_back(supplier=supplier, tender=notice, by=by)
    return bool(deleted)


def _check(supplier: Supplier, by: User | None) -> None:
    """A supplier's members decide; staff of its pôle may, when asked by telephone."""
    check_permission(
        can_act_for_supplier,
        by,
        supplier,
        sentence=_("Seuls les membres de cette entreprise peuvent écarter un avis."),
    )


# --- The mailed link: signed, names no one, and works only while its reader is a member ---------------------------------

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


def decline_link_from_token(token: str) -> DeclineLink | None:
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


def email_decline_link(request: HttpRequest | None, alert: Alert, tender: Tender) -> dict[str, Any] | None:
    """« Pas pour nous » under a tender in the mail of an alert for an enterprise."""
    if alert.supplier_id is None:
        return None
    path = decline_path(supplier_id=alert.supplier_id, tender_id=tender.pk, reader_id=alert.user_id)
    return {"decline_url": absolute_url(path)}
