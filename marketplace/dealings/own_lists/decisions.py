"""Whether a supplier of the list is one of the directory's: a person says so, and may say otherwise later."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.dealings.models import OwnList, OwnListRow
from marketplace.dealings.own_lists.uploads import hold_own_list
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb
from suppliers.models import Supplier
from suppliers.neq_proposals import HIGH

State = OwnListRow.State


@verb
def confirm_row(*, row: OwnListRow, supplier_id: int, by: User | None) -> OwnListRow:
    """This supplier of the list is that one of the directory: one of those that are proposed for it."""
    held = _hold(row, by)
    if held.state == State.CONFIRMED and held.supplier_id == supplier_id:
        return held
    _check_undecided(held)
    likely = {held.supplier_id: (held.confidence, held.reasons)} | {
        supplier: (confidence, reasons) for supplier, confidence, reasons in held.others
    }
    if supplier_id not in likely or not Supplier.objects.published().filter(pk=supplier_id).exists():
        raise WrongMove(_("Cette entreprise n’est pas, ou n’est plus, parmi celles qui sont proposées."))
    if supplier_id != held.supplier_id:
        held.others = [
            [held.supplier_id, held.confidence, held.reasons],
            *(one for one in held.others if one[0] != supplier_id),
        ]
        held.supplier_id = supplier_id
        held.confidence, held.reasons = likely[supplier_id]
    return _decide(held, State.CONFIRMED, by)


@verb
def reject_row(*, row: OwnListRow, by: User | None) -> OwnListRow:
    """None of those that are proposed."""
    held = _hold(row, by)
    if held.state == State.REJECTED:
        return held
    _check_undecided(held)
    return _decide(held, State.REJECTED, by)


@verb
def reopen_row(*, row: OwnListRow, by: User | None) -> OwnListRow:
    """Take back what was said: the row is proposed again."""
    held = _hold(row, by)
    if held.state not in OwnListRow.DECIDED:
        return held
    return _decide(held, State.PROPOSED, None)


@verb
def confirm_sure_rows(*, own_list: OwnList, by: User | None) -> int:
    """Every proposal of high confidence at once; how many."""
    held = hold_own_list(own_list, by)
    published = Supplier.objects.published().values("pk")
    sure = held.rows.filter(state=State.PROPOSED, confidence__gte=HIGH, supplier__in=published)
    keys = set(sure.values_list("category_key", flat=True))
    confirmed = sure.update(state=State.CONFIRMED, decided_by=by, decided_at=timezone.now())
    recount_categories(held, keys)
    return confirmed


def _hold(row: OwnListRow, by: User | None) -> OwnListRow:
    """The list first, then its row: two colleagues wait for each other in one order."""
    own_list = hold_own_list(row.own_list, by)
    held = OwnListRow.objects.select_for_update(of=("self",)).filter(pk=row.pk, own_list=own_list).first()
    if held is None or own_list.state != OwnList.State.READY:
        raise WrongMove(_("Cette liste n’est pas prête."))
    held.own_list = own_list
    return held


def _check_undecided(row: OwnListRow) -> None:
    if row.state in OwnListRow.DECIDED:
        who = str(row.decided_by or _("Une autre personne de votre institution"))
        raise WrongMove(
            _("%(person)s vient de décider de cette ligne. Revenez d’abord sur sa décision.")
            % {"person": who}
        )
    if row.state != State.PROPOSED:
        raise WrongMove(_("Aucune entreprise n’est proposée pour cette ligne."))


def _decide(row: OwnListRow, state: str, by: User | None) -> OwnListRow:
    row.state, row.decided_by = state, by
    row.decided_at = None if state == State.PROPOSED else timezone.now()
    row.save(
        update_fields=["state", "supplier", "confidence", "reasons", "others", "decided_by", "decided_at"]
    )
    recount_categories(row.own_list, [row.category_key])
    return row


def recount_categories(own_list: OwnList, keys: Iterable[str]) -> None:
    """How much of these categories is bought from others than social economy, now."""
    wanted = {key for key in keys if key}
    if not wanted:
        return
    rows = own_list.rows.firsts().exclude(state__in=OwnListRow.SOCIAL).filter(category_key__in=wanted)
    counted = {
        one["category_key"]: one
        for one in rows.values("category_key").annotate(n=Count("pk"), paid=Sum("amount_in_all"))
    }
    for category in own_list.categories.filter(key__in=wanted):
        now = counted.get(category.key, {"n": 0, "paid": None})
        category.rows, category.amount = now["n"], now["paid"]
        category.save(update_fields=["rows", "amount"])
