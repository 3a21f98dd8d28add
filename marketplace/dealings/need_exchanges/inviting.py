"""Choosing whom to ask, before a need is published or while it is open; and an enterprise that declines."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import Need
from buyers.needs.lifecycle import lock_need
from buyers.permissions import can_manage_need
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.dealings.models import NeedInvitation, Quote
from marketplace.dealings.need_exchanges import emails
from marketplace.dealings.need_exchanges.permissions import can_quote_for
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb
from suppliers.models import Status, Supplier

#: More is a public call: post it for everyone.
MOST_INVITED = 25


@verb
def invite_suppliers(*, need: Need, suppliers: Iterable[Supplier], by: User | None) -> list[NeedInvitation]:
    """Invite these suppliers, each once. They are told when the need is published, or now where it is; those invited
    before stay as they are. Returns the new invitations."""
    check_permission(
        can_manage_need, by, need, sentence=_("Seuls les membres de l’institution invitent des entreprises.")
    )
    current = lock_need(need)
    if current.status in (Need.Status.DECIDED, Need.Status.CANCELLED) or current.is_closed:
        raise WrongMove(_("Ce besoin est fermé : on ne peut plus y inviter personne."))
    known = set(NeedInvitation.objects.filter(need=need).values_list("supplier", flat=True))
    new = [one for one in dict.fromkeys(suppliers) if one.pk not in known]
    if gone := [one for one in new if one.status != Status.PUBLISHED]:
        raise WrongMove(
            _("La fiche « %(name)s » n’est plus publiée. Retirez-la de votre choix.")
            % {"name": gone[0].organisation.name}
        )
    if len(known) + len(new) > MOST_INVITED:
        raise WrongMove(
            ngettext(
                "Un besoin compte au plus %(n)s invitation.",
                "Un besoin compte au plus %(n)s invitations. Pour en joindre davantage, affichez-le pour tout le monde.",
                MOST_INVITED,
            )
            % {"n": MOST_INVITED}
        )
    rows = [NeedInvitation.objects.create(need=current, supplier=supplier, by=by) for supplier in new]
    if current.is_running:
        tell_invited(need=current, by=None)
    return rows


@verb
def withdraw_invitation(*, invitation: NeedInvitation, by: User | None) -> None:
    """Take back a choice that nobody was told of. An invitation that went out stays in the record."""
    check_permission(can_manage_need, by, invitation.need)
    current = NeedInvitation.objects.select_for_update(of=("self",)).filter(pk=invitation.pk).first()
    if current is None:
        return
    if current.told_at is not None:
        raise WrongMove(_("Cette entreprise a déjà reçu l’invitation : elle reste au registre."))
    current.delete()


@verb
def tell_invited(*, need: Need, by: User | None) -> int:
    """Write to those who were chosen and not told yet, once the need is published. Safe to repeat."""
    if not need.is_running:
        return 0
    waiting = NeedInvitation.objects.filter(need=need, told_at=None, supplier__status=Status.PUBLISHED)
    rows = list(waiting.select_for_update(of=("self",)).select_related("supplier__organisation"))
    now = timezone.now()
    for row in rows:
        row.told_at = now
        row.save(update_fields=["told_at"])
    emails.send_invitations(need, [row.supplier for row in rows])
    return len(rows)


@verb
def decline_invitation(
    *, invitation: NeedInvitation, reason: str, note: str = "", by: User | None
) -> NeedInvitation:
    """The enterprise will not answer, and says why, to the buyer alone. Declined twice, the last reason counts."""
    check_permission(
        can_quote_for,
        by,
        invitation.supplier,
        sentence=_("Seuls les membres de cette entreprise peuvent refuser l’invitation."),
    )
    current = NeedInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if Quote.objects.submitted().filter(need=current.need_id, supplier=current.supplier_id).exists():
        raise WrongMove(_("Une proposition est déposée. Retirez-la d’abord."))
    current.declined_at = timezone.now()
    current.decline_reason, current.decline_note = reason, note
    current.save(update_fields=["declined_at", "decline_reason", "decline_note"])
    return current


@verb
def take_up_invitation(*, invitation: NeedInvitation, by: User | None) -> None:
    """An enterprise that had declined thinks again."""
    check_permission(can_quote_for, by, invitation.supplier)
    NeedInvitation.objects.filter(pk=invitation.pk).update(
        declined_at=None, decline_reason="", decline_note=""
    )
