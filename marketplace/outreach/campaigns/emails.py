"""The letter of a campaign: only to who agreed, with the way to say no."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from marketplace.outbox.compose import send_email, sender_for, unsubscribe_headers
from marketplace.outbox.models import Message
from marketplace.outreach.campaigns.refusing import AGREED, refusal_token
from marketplace.outreach.models import Campaign, CampaignMember
from marketplace.web.emails import Email, site_link

CAMPAIGN_LETTER = Email(
    kind="outreach.campaign",
    audience=_(
        "Vous recevez ce courriel parce que vous avez accepté que votre pôle vous écrive au sujet de «\u00a0%(organisation)s\u00a0»."
    ),
    title=_("%(subject)s"),
    template="outreach/campaign",
)


def send_campaign_letter(*, campaign: Campaign, member: CampaignMember) -> Message | None:
    """Once for a campaign and an address. None where it was written already, or the address refuses mail."""
    row = member.approach
    token = refusal_token(row)
    sender = sender_for(campaign.pole)
    return send_email(
        CAMPAIGN_LETTER,
        recipient=None,
        address=row.contact_email,
        organisation=row.organisation,
        pole=campaign.pole,
        subject=f"campaign:{campaign.pk}",
        version=str(row.pk),
        decision=f"{AGREED}:{member.pk}.{row.consent_on}",
        headers=unsubscribe_headers(
            url=str(site_link("outreach:refuse", token)),
            reply_to=sender.reply_to,
            reference=f"c{campaign.pk}",
        ),
        context={
            "subject": campaign.letter_subject,
            "person": row.contact_name,
            "text": campaign.letter_text,
            "pole": campaign.pole.name,
            "link": site_link("outreach:campaign", campaign.slug) if campaign.is_open else "",
            "refuse": site_link("outreach:refuse", token),
        },
    )
