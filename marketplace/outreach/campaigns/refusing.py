"""« Ne plus m’écrire », from the letter of a campaign: no account is needed, and GET only shows."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer

from marketplace.outreach.models import Approach
from marketplace.web.verbs import verb


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
