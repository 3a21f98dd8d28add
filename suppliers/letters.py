"""What curation writes to an enterprise: to its members; where there is none, to the address on its sheet."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.outbox import messages
from marketplace.outbox.senders import pole_for
from marketplace.territories.models import Pole
from suppliers.models import Decision, Supplier


def send_returned(*, supplier: Supplier, decision: Decision, pole: Pole | None) -> int:
    """« Il manque… »: to every member, else to one address of the sheet. How many mails were written."""
    signing = pole or pole_for(supplier.organisation)
    written = 0
    for recipient, address in _readers(supplier):
        with translation.override(recipient.language if recipient else settings.LANGUAGE_CODE):
            title = _("%(name)s : un complément est demandé") % {"name": supplier.organisation.name}
            link = settings.SITE_URL + reverse("pages:my_space")
        message = messages.write(
            recipient=recipient,
            address=address,
            kind="curation.returned",
            subject=f"supplier:{supplier.pk}",
            version=str(decision.pk),
            title=title,
            template="curation_returned",
            context={
                "organisation": supplier.organisation.name,
                "message": decision.message,
                "link": link if recipient else "",
            },
            pole=signing,
        )
        written += message is not None
    return written


def _readers(supplier: Supplier) -> list[tuple[User | None, str]]:
    members = User.objects.filter(memberships__organisation=supplier.organisation_id, is_active=True)
    if readers := [(member, member.email) for member in members.order_by("pk")]:
        return list(readers)
    contact = supplier.contacts.exclude(email="").order_by("pk").first()
    address = contact.email if contact else supplier.organisation.email
    return [(None, address)] if address else []
