"""What alerts hear of other rooms, and their last word before a mail leaves."""

from __future__ import annotations

from django.utils.translation import gettext as _

from buyers.models import Tender
from marketplace.alerts import announcing, digests, letters
from marketplace.alerts.models import Alert
from marketplace.outbox.delivery import withholds
from marketplace.outbox.events import handles_event
from marketplace.outbox.models import Event, Message


@handles_event("suggestions.computed")
def announce_suggestions(event: Event) -> None:
    tender = Tender.objects.filter(pk=int(event.subject.removeprefix("tender:"))).first()
    if tender is not None:
        announcing.announce(tender=tender, supplier_id=event.payload.get("supplier"), by=None)


@withholds(letters.ALERT_INSTANT.kind, letters.ALERT_DIGEST.kind)
def withhold(message: Message) -> str:
    """Why a mail of an alert must not leave any more: the alert was stopped, or its notices closed meanwhile.

    Where some notices of a gathered mail are still open, a new mail with those takes its place; not where the server
    may have the first one, for nobody should read of a notice twice.
    """
    alert = (
        Alert.objects.standing()
        .select_related("user", "supplier__organisation__pole")
        .filter(pk=letters.alert_id(message))
        .first()
    )
    if alert is None:
        return _("L’alerte a été arrêtée.")
    named = set(message.mentions.values_list("notice", flat=True))
    tenders = Tender.objects.open().filter(ocid__in=named).exclude(declines__supplier=alert.supplier_id)
    still_open = dict(tenders.values_list("ocid", "pk"))
    if not still_open:
        return _("L’avis a fermé, ou l’entreprise l’a écarté.")
    if len(still_open) == len(named) or message.in_doubt:
        return ""
    message.mentions.all().delete()
    if suggestions := digests.still_worth_a_mail(alert, list(still_open.values())):
        letters.write_digest(
            alert=alert, suggestions=suggestions, version=f"{message.version}+", pole=message.pole
        )
    return _("Des avis ont fermé : un courriel sans eux le remplace.")
