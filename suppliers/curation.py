"""What people decide about a sheet. `states.py` says which move leads where; each move leaves a `Decision`.

Every verb takes `(*, supplier, by, message="", channel=…, on_behalf_of="")` and returns the decision. `by` None is
the system. Acting for an enterprise that called: `channel=PHONE` with the name of who called in `on_behalf_of`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pghistory
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation
from marketplace.outbox import events
from marketplace.territories.models import Pole, PoleCoverage
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers import directory, letters, rules, states
from suppliers.models import Decision, Status, Supplier
from suppliers.slugs import free_slug

if TYPE_CHECKING:
    from marketplace.accounts.models import User

SCREEN = Decision.Channel.SCREEN
ORGANISATION_FIELDS = frozenset(
    [
        "neq",
        "name",
        "address",
        "town",
        "postal_code",
        "municipality",
        "mrc",
        "region",
        "lat",
        "lon",
        "email",
        "phone",
        "website",
    ]
)
STATE_FIELDS = (
    "status",
    "reason",
    "status_changed_at",
    "verified_on",
    "verified_by",
    "curated_at",
    "organisation",
)
SHEET_FIELDS = frozenset(["legal_form", "activity", "sector", "staff_count", "capacity"])


@verb
def take_up(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """A prospect becomes a draft: someone is working on it."""
    return _move(states.TAKE_UP, supplier, by, message, channel, on_behalf_of)


@verb
def submit(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """A member, or staff for them, asks the pôle to verify the sheet: it joins the queue."""
    return _move(states.SUBMIT, supplier, by, message, channel, on_behalf_of)


@verb
def publish(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """The sheet is verified, today, by the pôle of who decides; the public sees it."""
    return _move(states.PUBLISH, supplier, by, message, channel, on_behalf_of)


@verb
def return_with_message(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """Back to draft; what is missing is mailed to the members, else to the contact of the sheet."""
    decision = _move(states.RETURN, supplier, by, message, channel, on_behalf_of)
    written = letters.send_returned(supplier=supplier, decision=decision, pole=pole_of(supplier, by))
    if not written and channel != Decision.Channel.PHONE:
        raise WrongMove(
            _("Cette fiche n’a ni membre ni courriel. Appelez l’entreprise, puis cochez « par téléphone ».")
        )
    return decision


@verb
def suspend(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """The public no longer sees the sheet, for a time."""
    return _move(states.SUSPEND, supplier, by, message, channel, on_behalf_of)


@verb
def archive(
    *,
    supplier: Supplier,
    by: User | None,
    message: str = "",
    channel: str = SCREEN,
    on_behalf_of: str = "",
    reason: str = Supplier.Reason.OTHER,
) -> Decision:
    """The sheet is closed, for a reason; imports leave it closed."""
    return _move(states.ARCHIVE, supplier, by, message, channel, on_behalf_of, reason=reason)


@verb
def mark_not_social_economy(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """Archived because it is not social economy; an import that brings it again changes nothing to that."""
    return _move(
        states.NOT_SOCIAL_ECONOMY,
        supplier,
        by,
        message,
        channel,
        on_behalf_of,
        reason=Supplier.Reason.NOT_SOCIAL_ECONOMY,
    )


@verb
def reopen(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """A suspended or archived sheet becomes a draft again, its reason forgotten."""
    return _move(states.REOPEN, supplier, by, message, channel, on_behalf_of)


@verb
def assign(
    *,
    supplier: Supplier,
    by: User | None,
    pole: Pole | None,
    message: str = "",
    channel: str = SCREEN,
    on_behalf_of: str = "",
) -> Decision:
    """A pôle also answers for this organisation, wherever its seat is; None takes the assignment back."""
    sheet = _locked(states.ASSIGN, supplier, by, message, channel, on_behalf_of)
    sheet.organisation.pole = pole
    said = ". ".join(filter(None, [str(pole) if pole else _("Aucun pôle"), message.strip()]))
    decision = _record(states.ASSIGN, sheet, supplier, by, said, channel, on_behalf_of)
    sheet.organisation.save(update_fields=["pole", "updated_at"])
    return decision


@verb
def update_sheet(
    *,
    supplier: Supplier,
    by: User | None,
    changes: Mapping[str, Any] | None = None,
    message: str = "",
    channel: str = SCREEN,
    on_behalf_of: str = "",
) -> Decision:
    """A person edits the sheet: `changes` by field of the supplier or of its organisation.

    From then on a person holds the sheet and no import changes it. Offers, contacts and served areas that were
    written in the same transaction are indexed with it.
    """
    changes = dict(changes or {})
    if unknown := changes.keys() - ORGANISATION_FIELDS - SHEET_FIELDS:
        raise TypeError(f"update_sheet does not write {sorted(unknown)}")
    sheet = _locked(states.UPDATE, supplier, by, message, channel, on_behalf_of)
    sheet.curated_at = timezone.now()
    decision = _record(states.UPDATE, sheet, supplier, by, message, channel, on_behalf_of)
    _write(sheet.organisation, changes, ORGANISATION_FIELDS)
    _write(sheet, {**changes, "curated_at": sheet.curated_at}, SHEET_FIELDS | {"curated_at"})
    if sheet.status == Status.PUBLISHED:
        _check_complete(sheet)
    directory.reindex(supplier_ids=[sheet.pk])
    return decision


@verb
def open_sheet(
    *,
    by: User | None,
    values: Mapping[str, Any],
    pole: Pole | None = None,
    message: str = "",
    channel: str = SCREEN,
    on_behalf_of: str = "",
) -> Supplier:
    """A sheet for an enterprise that no listing brought, as a draft; its organisation is made, or found by NEQ.

    `pole` answers for it where the place is unknown or belongs to another.
    """
    _check_channel(channel, on_behalf_of)
    if by is not None and not by.is_staff:
        raise NotAllowed
    if unknown := values.keys() - ORGANISATION_FIELDS - SHEET_FIELDS:
        raise TypeError(f"open_sheet does not write {sorted(unknown)}")
    seat = {name: value for name, value in values.items() if name in ORGANISATION_FIELDS}
    known = Organisation.objects.filter(neq=seat["neq"]).first() if seat.get("neq") else None
    if known is not None and (
        Supplier.objects.filter(organisation=known).exists()
        or (by is not None and not Organisation.objects.curated_by(by).filter(pk=known.pk).exists())
    ):
        raise WrongMove(
            _(
                "Ce NEQ est déjà inscrit. Si sa fiche n’est pas dans votre territoire, écrivez à l’administration."
            )
        )
    organisation = known or Organisation(pole=pole)
    _write(organisation, seat, ORGANISATION_FIELDS)
    supplier = Supplier.objects.create(
        organisation=organisation,
        slug=free_slug(organisation.name),
        status=Status.DRAFT,
        source=Supplier.Source.PERSON,
        curated_at=timezone.now(),
        **{name: value for name, value in values.items() if name in SHEET_FIELDS},
    )
    if by is not None and not rules.curates.test(by, supplier):
        raise NotAllowed(_("Ce lieu n’est pas dans votre territoire. Choisissez une MRC de votre pôle."))
    _record(states.OPEN, supplier, supplier, by, message, channel, on_behalf_of)
    return supplier


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


def _move(
    move: states.Move,
    supplier: Supplier,
    by: User | None,
    message: str,
    channel: str,
    on_behalf_of: str,
    *,
    reason: str = Supplier.Reason.NONE,
) -> Decision:
    """Check the right and the table, change the state, keep the decision, tell the other rooms."""
    sheet = _locked(move, supplier, by, message, channel, on_behalf_of)
    if move.asks_reason and reason not in set(Supplier.Reason.values) - {""}:
        raise WrongMove(_("Choisissez le motif."))
    was_published = sheet.status == Status.PUBLISHED
    sheet.status, sheet.reason, sheet.status_changed_at = str(move.target), reason, timezone.now()
    changed = ["status", "reason", "status_changed_at", "updated_at"]
    if move is states.PUBLISH:
        _check_complete(sheet)
        sheet.verified_on, sheet.verified_by = timezone.localdate(), pole_of(sheet, by)
        sheet.curated_at = sheet.curated_at or timezone.now()
        changed += ["verified_on", "verified_by", "curated_at"]
    decision = _record(move, sheet, supplier, by, message, channel, on_behalf_of)
    sheet.save(update_fields=changed)
    directory.reindex(supplier_ids=[sheet.pk])
    if move is states.PUBLISH or was_published:
        kind = "supplier.published" if move is states.PUBLISH else "supplier.unpublished"
        events.post(kind=kind, subject=f"supplier:{sheet.pk}", version=str(decision.pk))
    return decision


def _locked(
    move: states.Move, supplier: Supplier, by: User | None, message: str, channel: str, on_behalf_of: str
) -> Supplier:
    """The sheet as it stands, held until the transaction ends, once right, state and words are checked."""
    sheet = (
        Supplier.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=supplier.pk)
    )
    right = rules.curates | rules.belongs_to if move is states.SUBMIT else rules.curates
    if by is not None and not right.test(by, sheet):
        raise NotAllowed(_("Cette fiche n’est pas dans votre territoire."))
    if not move.leads_from(sheet.status):
        raise WrongMove(
            _("La fiche est à l’état « %(state)s » : ce geste ne s’y applique pas.")
            % {"state": sheet.get_status_display()}
        )
    if move.asks_message and not message.strip():
        raise WrongMove(_("Écrivez ce qui manque : l’entreprise recevra votre message."))
    _check_channel(channel, on_behalf_of)
    return sheet


def _check_channel(channel: str, on_behalf_of: str) -> None:
    if channel not in Decision.Channel.values:
        raise WrongMove(_("Ce moyen n’est pas connu."))
    if channel == Decision.Channel.PHONE and not on_behalf_of.strip():
        raise WrongMove(_("Par téléphone : écrivez au nom de qui vous agissez."))


def _check_complete(sheet: Supplier) -> None:
    if lacks := missing(sheet):
        raise WrongMove(
            _("Pour être publiée, cette fiche doit avoir %(what)s.") % {"what": get_text_list(lacks, _("et"))}
        )


def _record(
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


def _write(row: Any, changes: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """Set and save the fields of `row` that change; a new row is saved whole."""
    names = [name for name in changes if name in allowed]
    for name in names:
        setattr(row, name, changes[name])
    if row._state.adding:
        row.save()
    elif names:
        row.save(update_fields=[*names, "updated_at"])
