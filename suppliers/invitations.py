"""A listing's first member is invited by mail; `accounts.invitations` keeps the token's digest, the mail carries it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from marketplace.accounts.invitations import account_of_invitation, create_invitation
from marketplace.accounts.models import Invitation, User
from marketplace.accounts.permissions import check_permission
from marketplace.accounts.poles import pole_acting_for
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb
from suppliers.emails import send_supplier_invitation
from suppliers.models import Supplier
from suppliers.permissions import can_act_for_supplier


@verb
def invite_first_member(*, supplier: Supplier, email: str, by: User | None) -> Invitation:
    """Invite an address to hold this supplier, and write the mail with its link (valid for 14 days)."""
    check_permission(
        can_act_for_supplier, by, supplier, sentence=_("Cette fiche n’est pas dans votre territoire.")
    )
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise WrongMove(_("Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca.")) from error
    invitation, token = create_invitation(organisation=supplier.organisation, email=email, by=by)
    send_supplier_invitation(
        invitation=invitation,
        token=token,
        known=account_of_invitation(invitation),
        by=by,
        pole=pole_acting_for(supplier.organisation, by),
    )
    return invitation
