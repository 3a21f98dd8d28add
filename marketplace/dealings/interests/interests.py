"""« Ça nous intéresse »: an enterprise says so, chooses who sees it, and takes it back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.dealings.consortiums.membership import leave_consortium, standing_part
from marketplace.dealings.declines import take_back_decline
from marketplace.dealings.interests.follows import follow_notice
from marketplace.dealings.models import Interest
from marketplace.dealings.notices import Notice, about, kind_of
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb
from suppliers.models import Status, Supplier
from suppliers.permissions import can_act_for_supplier


@verb
def express_interest(
    *,
    supplier: Supplier,
    notice: Notice,
    by: User | None,
    seen_by_others: bool = False,
    seen_by_buyer: bool = False,
    open_to_partners: bool = False,
) -> Interest:
    """Say that a notice interests an enterprise, or change who sees it. The person follows the notice from then on.

    Whoever looks for partners is seen by those who do too; `seen_by_others` shows it to every enterprise.
    """
    _check(supplier, by)
    if supplier.status != Status.PUBLISHED:
        raise WrongMove(
            _("Votre fiche n’est pas publiée : personne ne pourrait vous trouver. Rien n’a changé.")
        )
    known = Interest.objects.filter(supplier=supplier, **about(notice)).exists()
    if not known and not kind_of(notice).is_running(notice):
        raise WrongMove(_("On ne peut plus répondre à cet avis. Vous pouvez encore le suivre."))
    choices = {
        "seen_by_others": seen_by_others,
        "seen_by_buyer": seen_by_buyer,
        "open_to_partners": open_to_partners,
    }
    interest, _is_new = Interest.objects.update_or_create(
        supplier=supplier, **about(notice), defaults=choices, create_defaults={**choices, "by": by}
    )
    take_back_decline(supplier=supplier, notice=notice, by=by)
    if by is not None and by.organisation_ids and supplier.organisation_id in by.organisation_ids:
        follow_notice(notice=notice, by=by)
    return interest


@verb
def take_back_interest(
    *, supplier: Supplier, notice: Notice, by: User | None, leaves_group: bool = False
) -> bool:
    """Nobody sees it any more; whether it stood. Who followed the notice still does; the enterprise stays in its group for
    that notice unless `leaves_group`."""
    _check(supplier, by)
    part = standing_part(supplier, notice) if leaves_group else None
    if part is not None and by is not None:
        leave_consortium(member=part, by=by)
    deleted, _by_model = Interest.objects.filter(supplier=supplier, **about(notice)).delete()
    return bool(deleted)


def _check(supplier: Supplier, by: User | None) -> None:
    """A supplier's members decide; staff of its pôle may, when asked by telephone."""
    check_permission(
        can_act_for_supplier,
        by,
        supplier,
        sentence=_("Seuls les membres de cette entreprise peuvent répondre en son nom."),
    )
