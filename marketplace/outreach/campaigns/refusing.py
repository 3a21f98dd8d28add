"""« Retirer mon accord », from the letter of a campaign: no account is needed, and GET only shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.core.signing import BadSignature, Signer
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import Consent
from marketplace.outbox.models import Message
from marketplace.outreach.models import Approach, CampaignMember, Purpose
from marketplace.outreach.writing.purposes import refusing_among
from marketplace.web.verbs import verb

#: By this a letter names the consent that must still stand when it leaves.
AGREED = "campaign_consent"


def refusal_token(row: Approach) -> str:
    """Good for this row and this consent: a later consent has another."""
    return Signer(salt="outreach.refuse").sign(f"{row.pk}.{row.consent_on}")


def find_refusal(token: str) -> Approach | None:
    """The row that a link is about; None where it is of no row, or of a former consent."""
    try:
        key, _sep, day = Signer(salt="outreach.refuse").unsign(token).partition(".")
    except BadSignature:
        return None
    row = Approach.objects.filter(pk=int(key)).select_related("organisation", "pole").first()
    return row if row is not None and (row.consent_on is None or str(row.consent_on) == day) else None


@verb
def withdraw_outreach_consent(*, approach: Approach, by: None) -> None:
    """The person agrees no longer, at once; the history keeps since when they had."""
    Approach.objects.filter(pk=approach.pk).update(consent_on=None, consent_how="")


def news_refused_on(addresses: Collection[str]) -> dict[str, date]:
    """Of these, those that want no news of a pôle, so no campaign either: for good, or until they agree on a later day, where
    a member took back their consent in My space. Two statements."""
    members = Consent.objects.filter(purpose=Consent.Purpose.POLE_NEWS).annotate(address=Lower("user__email"))
    members = members.filter(address__in={address.lower() for address in addresses})
    found: dict[str, date] = {}
    for address, at in members.order_by("given_at").values_list("address", "withdrawn_at"):
        found[address] = timezone.localdate(at) if at else date.min
    return found | dict.fromkeys(refusing_among(addresses, Purpose.NEWS), date.max)


def why_consents_fell(whats: Collection[str]) -> Mapping[str, str]:
    """Of the letters that these name (« 42.2026-11-30 »: a member and its consent), which must not leave, and why
    (`outbox.decisions`). Four statements."""
    members = {what: int(what.partition(".")[0]) for what in whats}
    rows = CampaignMember.objects.filter(pk__in=set(members.values()))
    agreed = dict(rows.values_list("pk", "approach__consent_on"))
    mails = Message.objects.filter(decision__in=[f"{AGREED}:{what}" for what in whats])
    addresses = {name.partition(":")[2]: to for name, to in mails.values_list("decision", "address")}
    refused = news_refused_on(set(addresses.values()))
    fallen = {}
    for what, member in members.items():
        day = agreed.get(member)
        if day is None or str(day) != what.partition(".")[2]:
            fallen[what] = _("La personne n’accepte plus les courriels du pôle.")
        elif refused.get(addresses.get(what, ""), date.min) >= day:
            fallen[what] = _("Cette personne ne veut plus de lettres de cette sorte.")
    return fallen
