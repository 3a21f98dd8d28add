"""How a sheet changes state: the right, the table of `states`, the decision kept, the other rooms told.

`curation` and `editing` hold the verbs that people know; they all pass here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pghistory
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from marketplace.outbox.events import post_event
from marketplace.territories.models import Pole, PoleCoverage
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers import criteria, directory, joining, rules, states
from suppliers.models import Decision, Status, Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User

STATE_FIELDS = (
    "status",
    "reason",
    "status_changed_at",
    "verified_on",
    "verified_by",
    "curated_at",
    "organisation",
    "recheck",
    "recheck_since",
)
#: What the members of an enterprise may do by themselves; the rest belongs to who curates.
MEMBERS_MAY = (states.SUBMIT, states.WITHDRAW, states.TAKE_UP, states.EDIT)
#: After these the sheet is verified, today.
VERIFYING = (states.PUBLISH, states.CONFIRM)


def missing(supplier: Supplier) -> list[str]:
    """What the sheet lacks before it can be published, as noun phrases in the active language."""
    seat = supplier.organisation
    lacks = states.missing_for_publication(
        legal_form=supplier.legal_form,
        activity=supplier.activity,
        offers=supplier.offers.count() if not supplier.activity.strip() else 1,
        mrc=seat.mrc_id,
        region=seat.region_id,
    )
    return [str(phrase) for phrase in lacks]


def pole_of(supplier: Supplier, by: User | None) -> Pole | None:
    """The pôle in whose name `by` decides about this sheet; None for the system and the platform's admins.

    Of several posts, the pôle that covers the seat comes first, then the one the sheet is assigned to.
    """
    if by is None or not by.pole_codes:
        return None
    seat = supplier.organisation
    covering = (
        PoleCoverage.objects.today().filter(mrc=seat.mrc_id, pole__in=by.pole_codes) if seat.mrc_id else None
    )
    if covering is not None and (found := covering.select_related("pole").order_by("pole").first()):
        return found.pole
    code = seat.pole_id if seat.pole_id in by.pole_codes else min(by.pole_codes)
    return Pole.objects.get(pk=code)


def move(
    step: states.Move,
    supplier: Supplier,
    by: User | None,
    message: str,
    channel: str,
    on_behalf_of: str,
    *,
    reason: str = Supplier.Reason.NONE,
) -> Decision:
    """Check the right and the table, change the state, keep the decision, tell the other rooms."""
    sheet = locked(step, supplier, by, message, channel, on_behalf_of)
    if step.asks_reason and reason not in set(Supplier.Reason.values) - {""}:
        raise WrongMove(_("Choisissez le motif."))
    was_published = sheet.status == Status.PUBLISHED
    changed = ["updated_at", "recheck", "recheck_since"]
    if step is not states.CONFIRM:
        sheet.status, sheet.reason, sheet.status_changed_at = str(step.target), reason, timezone.now()
        changed += ["status", "reason", "status_changed_at"]
    sheet.recheck, sheet.recheck_since = [], None
    if step in VERIFYING:
        joining.settle_registration(sheet, by=by)
        check_complete(sheet)
        check_proved(sheet)
        sheet.verified_on, sheet.verified_by = timezone.localdate(), pole_of(sheet, by)
        sheet.curated_at = sheet.curated_at or timezone.now()
        changed += ["verified_on", "verified_by", "curated_at"]
    decision = record(step, sheet, supplier, by, message, channel, on_behalf_of)
    sheet.save(update_fields=changed)
    directory.reindex(supplier_ids=[sheet.pk])
    if step is states.PUBLISH or (was_published and sheet.status != Status.PUBLISHED):
        kind = "supplier.published" if step is states.PUBLISH else "supplier.unpublished"
        post_event(kind=kind, subject=f"supplier:{sheet.pk}", version=str(decision.pk))
    return decision


def locked(
    move: states.Move, supplier: Supplier, by: User | None, message: str, channel: str, on_behalf_of: str
) -> Supplier:
    """The sheet as it stands, held until the transaction ends, once right, state and words are checked."""
    sheet = (
        Supplier.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=supplier.pk)
    )
    right = rules.curates | rules.belongs_to if move in MEMBERS_MAY else rules.curates
    if by is not None and not right.test(by, sheet):
        raise NotAllowed(_("Cette fiche n’est pas dans votre territoire."))
    if not move.leads_from(sheet.status):
        raise WrongMove(
            _("La fiche est à l’état « %(state)s » : ce geste ne s’y applique pas.")
            % {"state": sheet.get_status_display()}
        )
    if move.asks_message and not message.strip():
        raise WrongMove(_("Écrivez ce qui manque : l’entreprise recevra votre message."))
    check_channel(channel, on_behalf_of)
    return sheet


def check_channel(channel: str, on_behalf_of: str) -> None:
    if channel not in Decision.Channel.values:
        raise WrongMove(_("Ce moyen n’est pas connu."))
    if channel == Decision.Channel.PHONE and not on_behalf_of.strip():
        raise WrongMove(_("Par téléphone : écrivez au nom de qui vous agissez."))


def check_complete(sheet: Supplier) -> None:
    if lacks := missing(sheet):
        raise WrongMove(
            _("Pour être publiée, cette fiche doit avoir %(what)s.") % {"what": get_text_list(lacks, _("et"))}
        )


def check_proved(sheet: Supplier) -> None:
    """A sheet that answers to the Act is published once the six answers are found proved; others need none."""
    if lacks := criteria.unproved(sheet):
        raise WrongMove(
            _("Pour publier, les six critères doivent être prouvés. Il reste : %(what)s.")
            % {"what": get_text_list(lacks, _("et"))}
        )


def record(
    move: states.Move,
    sheet: Supplier,
    supplier: Supplier,
    by: User | None,
    message: str,
    channel: str,
    on_behalf_of: str,
) -> Decision:
    """Keep the decision, name it in the history rows that follow, and bring the caller's instance up to date.

    Who called is named in the decision alone, where an erasure finds it; history points there.
    """
    if supplier is not sheet:
        for name in STATE_FIELDS:
            setattr(supplier, name, getattr(sheet, name))
    decision = Decision.objects.create(
        supplier=supplier,
        verb=move.verb,
        to_status=sheet.status,
        reason=sheet.reason,
        message=message.strip(),
        channel=channel,
        on_behalf_of=on_behalf_of.strip(),
        by=by,
    )
    pghistory.context(decision=decision.pk, channel=str(channel))
    return decision


def write(row: Any, changes: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """Set and save the fields of `row` that change; a new row is saved whole."""
    names = [name for name in changes if name in allowed]
    for name in names:
        setattr(row, name, changes[name])
    if row._state.adding:
        row.save()
    elif names:
        row.save(update_fields=[*names, "updated_at"])
