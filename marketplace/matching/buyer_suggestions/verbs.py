"""Keeping suggestions of suppliers in step with the directory; asking to be told of them, and stopping."""

from __future__ import annotations

import structlog
from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buyers.models import Buyer
from buyers.permissions import can_act_for_buyer
from marketplace.accounts.consents import ask_consent, check_own_mail, withdraw_unused_consent
from marketplace.accounts.models import Consent, Membership, User
from marketplace.accounts.permissions import check_permission
from marketplace.matching.buyer_suggestions.finding import find_new_suppliers
from marketplace.matching.buyer_suggestions.models import BuyerSuggestion, NewSupplierAlert
from marketplace.outbox.delivery import cancel_message
from marketplace.outbox.models import Message
from marketplace.web.verbs import verb

log = structlog.get_logger("buyer_suggestions")

#: The kind of the mail (`emails.NEW_SUPPLIERS`).
KIND = "suggestions.new_suppliers"
PURPOSE = Consent.Purpose.NEW_SUPPLIERS
#: The words beside the box, kept with the consent as they were shown.
CONSENT_WORDING = gettext_lazy(
    "J’accepte de recevoir par courriel, de Maillage, les nouveaux fournisseurs du répertoire qui correspondent à ce "
    "qu’achète mon institution. Je peux arrêter à tout moment, d’un clic."
)


@verb
def suggest_to_buyer(*, buyer: Buyer, by: User | None) -> int:
    """Keep the suppliers new in what an institution buys, drop those that are so no longer; how many. Safe to repeat."""
    found = find_new_suppliers(buyer)
    for one in found:
        BuyerSuggestion.objects.update_or_create(
            buyer=buyer,
            supplier_id=one.supplier_id,
            defaults={
                "points": one.points,
                "reasons": one.reasons,
                "need": one.need,
                "tender": one.tender,
            },
        )
    kept = [one.supplier_id for one in found]
    BuyerSuggestion.objects.filter(buyer=buyer).exclude(supplier__in=kept).delete()
    return len(found)


def suggest_to_buyers() -> int:
    """For every institution that someone acts for here; how many suggestions. One that fails costs the others nothing."""
    members = Membership.objects.filter(organisation=OuterRef("organisation"))
    kept = 0
    for buyer in Buyer.objects.known().filter(Exists(members)).select_related("organisation").order_by("pk"):
        try:
            kept += suggest_to_buyer(buyer=buyer, by=None)
        except Exception as error:
            log.error("buyer_suggestions_failed", buyer=buyer.pk, error=type(error).__name__)
    return kept


@verb
def ask_new_suppliers(*, user: User, buyer: Buyer, consent_wording: str, by: User | None) -> NewSupplierAlert:
    """A mail on Mondays of suppliers new in what the institution buys; asked again, it starts again.

    `consent_wording`: the words that the person ticked; needed unless their consent already stands.
    """
    check_own_mail(user, by)
    check_permission(
        can_act_for_buyer,
        user,
        buyer,
        sentence=_("Seuls les membres d’une institution reçoivent ces courriels."),
    )
    ask_consent(user=user, purpose=PURPOSE, wording=consent_wording, by=by)
    alert, is_new = NewSupplierAlert.objects.select_for_update(no_key=True).get_or_create(
        user=user, buyer=buyer
    )
    if not is_new and alert.stopped_at:
        alert.stopped_at = None
        alert.written_until = timezone.now()
        alert.save()
    return alert


@verb
def stop_new_suppliers(*, alert: NewSupplierAlert, by: User | None) -> bool:
    """No more of these mails, at once, nor those that wait to be sent. Whether it was running; twice is no fault.

    With a person's last one, their consent ends too.
    """
    check_own_mail(alert.user, by)
    stopped = NewSupplierAlert.objects.running().filter(pk=alert.pk).update(stopped_at=timezone.now())
    waiting = Message.objects.untried().filter(
        recipient=alert.user_id, kind=KIND, subject=alert_subject(alert)
    )
    for message in waiting.select_for_update(of=("self",)).order_by("pk"):
        cancel_message(message, _("La personne ne veut plus de ces courriels."))
    running = NewSupplierAlert.objects.running().filter(user=alert.user_id)
    withdraw_unused_consent(user=alert.user, purpose=PURPOSE, running=running, by=by)
    alert.refresh_from_db()
    return bool(stopped)


def alert_subject(alert: NewSupplierAlert) -> str:
    """What the outbox calls its mails by."""
    return f"new_suppliers:{alert.pk}"


# --- Mailed links: signed row numbers, without end date, naming no one -------------------------------------------------

_signer = Signer(salt="buyer_suggestions.stop", sep=".")


def stop_path(alert: NewSupplierAlert) -> str:
    return reverse("matching:stop_new_suppliers", kwargs={"token": _signer.sign(str(alert.pk))})


def alert_from_token(token: str) -> NewSupplierAlert | None:
    """None where the link was not made here, or its alert is gone."""
    try:
        pk = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    return NewSupplierAlert.objects.select_related("user", "buyer__organisation").filter(pk=pk).first()
