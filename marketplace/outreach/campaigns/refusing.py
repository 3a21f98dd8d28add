"""« Ne plus m’écrire », from the letter of a campaign: no account is needed, and GET only shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

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


def why_consents_fell(whats: Collection[str]) -> Mapping[str, str]:
    """Of the letters that these name (« 42.2026-11-30 »: a member and its consent), which must not leave, and why
    (`outbox.decisions`). Three statements."""
    members = {what: int(what.partition(".")[0]) for what in whats}
    rows = CampaignMember.objects.filter(pk__in=set(members.values()))
    agreed = dict(rows.values_list("pk", "approach__consent_on"))
    mails = Message.objects.filter(decision__in=[f"{AGREED}:{what}" for what in whats])
    addresses = {name.partition(":")[2]: to for name, to in mails.values_list("decision", "address")}
    refusing = refusing_among(set(addresses.values()), Purpose.NEWS)
    fallen = {}
    for what, member in members.items():
        if str(agreed.get(member)) != what.partition(".")[2]:
            fallen[what] = _("La personne n’accepte plus les courriels du pôle.")
        elif addresses.get(what) in refusing:
            fallen[what] = _("Cette adresse ne veut plus de lettres de ce but.")
    return fallen
