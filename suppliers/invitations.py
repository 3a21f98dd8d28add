"""A listing's first member is invited by mail; `accounts.invitations` keeps the token's digest, the mail carries it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.accounts import invitations
from marketplace.accounts.models import Invitation, User
from marketplace.outbox import messages
from marketplace.outbox.senders import pole_for
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers import rules
from suppliers.curation import deciding_pole
from suppliers.models import Supplier


@verb
def invite_member(*, supplier: Supplier, email: str, by: User | None) -> Invitation:
    """Invite an address to hold this sheet, and write the mail with its link (valid for 14 days)."""
    if by is not None and not (rules.curates | rules.belongs_to).test(by, supplier):
        raise NotAllowed(_("Cette fiche n’est pas dans votre territoire."))
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise WrongMove(_("Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca.")) from error
    invitation, token = invitations.invite(organisation=supplier.organisation, email=email, by=by)
    known = invitations.account_of(invitation)
    language = known.language if known else settings.LANGUAGE_CODE
    with translation.override(language):
        title = _("Tenez la fiche « %(name)s » sur Maillage") % {"name": supplier.organisation.name}
        link = settings.SITE_URL + reverse("accounts:invitation", kwargs={"token": token})
    messages.write(
        recipient=known,
        address=invitation.email,
        kind="invitation",
        subject=f"organisation:{supplier.organisation_id}",
        version=invitation.token_hash[:16],
        title=title,
        template="invitation",
        context={
            "organisation": supplier.organisation.name,
            "inviter": by.get_full_name() if by else "",
            "link": link,
            "expires_at": invitation.expires_at,
        },
        pole=deciding_pole(supplier, by) or pole_for(supplier.organisation),
        secret=True,
        language=language,
    )
    return invitation
