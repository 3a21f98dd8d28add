"""Two listings of one enterprise become one, and two again where that was wrong (docs/adr/0039).

The listing that gives way stays as a row: archived, without anything hanging on it, its address and its NEQ leading to the
other. What hung on it follows by the carriers that each app registers (`marketplace.web.carriers`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.emails import LISTINGS_MERGED, OWN_LISTING_MERGED
from marketplace.accounts.models import Organisation
from marketplace.accounts.moving_members import move_members, move_members_back
from marketplace.web.carriers import move_rows, move_rows_back, why_not_mergeable
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import PrivateFile, count_files_with
from marketplace.web.typography import format_neq
from marketplace.web.verbs import verb
from suppliers import states
from suppliers.curation import DecisionNote, announce_state, check_complete, record_decision
from suppliers.directory_index import reindex_suppliers
from suppliers.duplicates.comparing import columns_to_take, seen_version
from suppliers.models import DuplicatePair, RegistryRecord, Status, Supplier, SupplierMerge
from suppliers.permissions import can_curate_supplier
from suppliers.verification import refresh_verification

if TYPE_CHECKING:
    from marketplace.accounts.models import User

#: What nobody writes: asked of the clock, or of the proofs (`refresh_verification`).
DERIVED = frozenset(
    {"id", "created_at", "updated_at", "proved_until", "verified_on", "verified_until", "verified_by_id"}
)
ROWS = ("kept", "lost", "kept_organisation", "lost_organisation")


class Changed(WrongMove):
    """One of the two has changed since the page was opened: what was chosen may not be what one would choose now."""

    sentence = gettext_lazy(
        "Une des deux fiches a changé depuis l’ouverture de cette page. Vérifiez vos choix."
    )


@verb
def merge_suppliers(
    *, kept: Supplier, lost: Supplier, choices: Mapping[str, str], seen: str | None = None, by: User | None
) -> SupplierMerge:
    """`lost` gives way to `kept`, which takes of it the fields that `choices` name (`{"phone": "lost"}`).

    `seen`: the version of the page on which one chose (`comparing.seen_version`); `Changed` where it is not this one any more.
    """
    held, gone = _hold_both(kept, lost)
    if not may_merge(by, held, gone):
        raise NotAllowed(
            _("Une de ces fiches n’est pas dans votre territoire. Proposez la réunion à l’autre pôle.")
        )
    if held.organisation.merged_into_id or gone.organisation.merged_into_id:
        raise WrongMove(_("Ces fiches sont déjà réunies, ou l’une d’elles est réunie à une autre."))
    if seen is not None and seen != seen_version(held, gone):
        raise Changed
    _check_order(held, gone)
    pairs: dict[type[models.Model], tuple[int, int]] = _pairs(held, gone)
    if why := why_not_mergeable(pairs):
        raise WrongMove(why)
    before = _columns_of(held, gone)
    was_published = gone.status == Status.PUBLISHED
    people = move_members(
        organisation=gone.organisation,
        into=held.organisation,
        by=by,
        letter=LISTINGS_MERGED,
        own_letter=OWN_LISTING_MERGED,
    )
    files = list(
        PrivateFile.objects.filter(
            holder_model=Organisation._meta.model_name, holder_id=gone.organisation_id
        ).values_list("pk", flat=True)
    )
    count_files_with(holder=held.organisation, files=files)
    moved = move_rows(pairs)
    _write(held, gone, columns_to_take(held, gone, choices), moved)
    refresh_verification(supplier_ids=[held.pk, gone.pk])
    held, gone = _again(held), _again(gone)
    if held.status == Status.PUBLISHED:
        check_complete(held)
    merge = SupplierMerge.objects.create(
        kept=held,
        lost=gone,
        before=before,
        after=_columns_of(held, gone),
        moved=moved,
        people={**people, "files": files},
        by=by,
    )
    record_decision(states.MERGE, held, kept, by, DecisionNote(gone.organisation.name))
    told = record_decision(states.MERGE, gone, lost, by, DecisionNote(held.organisation.name))
    announce_state(gone, told, was_published=was_published)
    reindex_suppliers(supplier_ids=[held.pk])
    return merge


@verb
def unmerge_suppliers(*, merge: SupplierMerge, by: User | None) -> SupplierMerge:
    """Both listings stand again, each with what was its own; what was written on the one since stays there.

    A field that somebody changed since keeps what they wrote. Only the last merge of a listing is undone: later ones first.
    """
    held, gone = _hold_both(merge.kept, merge.lost)
    current = SupplierMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if not may_unmerge(by, held):
        raise NotAllowed(_("Cette fiche n’est pas dans votre territoire."))
    if why := why_not_undoable(current):
        raise WrongMove(why)
    pairs = _pairs(held, gone)
    move_rows_back(current.moved, pairs)
    count_files_with(
        holder=gone.organisation,
        files=PrivateFile.objects.filter(
            pk__in=current.people["files"],
            holder_model=Organisation._meta.model_name,
            holder_id=held.organisation_id,
        ).values("pk"),
    )
    _restore(current, held, gone)
    move_members_back(moved=current.people, organisation=gone.organisation, out_of=held.organisation, by=by)
    refresh_verification(supplier_ids=[held.pk, gone.pk])
    held, gone = _again(held), _again(gone)
    current.undone_by, current.undone_at = by, timezone.now()
    current.save(update_fields=["undone_by", "undone_at"])
    record_decision(states.UNMERGE, held, merge.kept, by, DecisionNote(gone.organisation.name))
    told = record_decision(states.UNMERGE, gone, merge.lost, by, DecisionNote(held.organisation.name))
    announce_state(gone, told, was_published=False)
    reindex_suppliers(supplier_ids=[held.pk])
    return current


def may_merge(by: User | None, kept: Supplier, lost: Supplier) -> bool:
    """Who curates both; or one, where somebody who curates the other proposed it and still does."""
    if by is None or (can_curate_supplier(by, kept) and can_curate_supplier(by, lost)):
        return True
    return proposal_between(by, kept, lost) is not None


def proposal_between(by: User, one: Supplier, other: Supplier) -> DuplicatePair | None:
    """The proposal of another pôle to merge these two, for who curates one of them."""
    mine, theirs = (one, other) if can_curate_supplier(by, one) else (other, one)
    if not can_curate_supplier(by, mine):
        return None
    first, second = sorted((one.pk, other.pk))
    pair = (
        DuplicatePair.objects.select_related("decided_by")
        .filter(first=first, second=second, state=DuplicatePair.State.PROPOSED)
        .first()
    )
    if pair is None or pair.decided_by is None or not can_curate_supplier(pair.decided_by, theirs):
        return None
    return pair


def may_unmerge(by: User | None, kept: Supplier) -> bool:
    return by is None or can_curate_supplier(by, kept)


def why_not_undoable(merge: SupplierMerge) -> str:
    """A sentence, empty where both can stand again. One query."""
    if merge.undone_at is not None:
        return _("Cette réunion est déjà annulée.")
    later = (
        SupplierMerge.objects.standing()
        .filter(pk__gt=merge.pk)
        .filter(models.Q(kept=merge.kept_id) | models.Q(lost=merge.kept_id))
        .select_related("kept__organisation", "lost__organisation")
        .first()
    )
    if later is None:
        return ""
    return _("Depuis, « %(lost)s » a été réunie à « %(kept)s ». Annulez d’abord cette réunion-là.") % {
        "lost": later.lost,
        "kept": later.kept,
    }


# -- inside --------------------------------------------------------------------------------------------------------


def _hold_both(kept: Supplier, lost: Supplier) -> tuple[Supplier, Supplier]:
    """Both rows and their organisations, locked in one order whoever comes first."""
    if kept.pk == lost.pk:
        raise WrongMove(_("Choisissez deux fiches différentes."))
    rows = (
        Supplier.objects.select_for_update(of=("self", "organisation"))
        .select_related("organisation")
        .filter(pk__in=[kept.pk, lost.pk])
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    if len(found) < 2:
        raise WrongMove(_("Une de ces fiches n’existe plus."))
    return found[kept.pk], found[lost.pk]


def _check_order(kept: Supplier, lost: Supplier) -> None:
    """The one that the public knows stays, and a closed one does not take an open one away."""
    if lost.status == Status.PUBLISHED and kept.status != Status.PUBLISHED:
        raise WrongMove(_("Gardez plutôt la fiche publiée : le public la connaît."))
    if kept.status == Status.ARCHIVED and lost.status != Status.ARCHIVED:
        raise WrongMove(_("Gardez plutôt la fiche ouverte : l’autre est archivée."))


def _pairs(held: Supplier, gone: Supplier) -> dict[type[models.Model], tuple[int, int]]:
    return {
        Supplier: (gone.pk, held.pk),
        Organisation: (gone.organisation_id, held.organisation_id),
    }


def _again(row: Supplier) -> Supplier:
    return Supplier.objects.select_related("organisation").get(pk=row.pk)


def _columns_of(held: Supplier, gone: Supplier) -> dict[str, dict[str, Any]]:
    rows = (held, gone, held.organisation, gone.organisation)
    return {name: _columns(row) for name, row in zip(ROWS, rows, strict=True)}


def _columns(row: models.Model) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in DERIVED]
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _write(held: Supplier, gone: Supplier, taken: dict[str, Any], moved: dict[str, list[int]]) -> None:
    """The columns of the two suppliers and of the two organisations."""
    now = timezone.now()
    own, other = held.organisation, gone.organisation
    neq = taken.pop("neq", None)
    for row in (own, held):
        names = {field.attname for field in row._meta.concrete_fields}
        for name in names & taken.keys():
            setattr(row, name, taken[name])
    if other.institution_verified_on and not own.institution_verified_on:
        own.institution_verified_on = other.institution_verified_on
        own.institution_verified_by_id = other.institution_verified_by_id
    held.curated_at = held.curated_at or now
    gone.status, gone.reason, gone.status_changed_at = Status.ARCHIVED, Supplier.Reason.DUPLICATE, now
    gone.recheck, gone.recheck_since, gone.attested_at, gone.curated_at = [], None, None, now
    other.merged_into = own
    if neq is not None and neq != own.neq:
        own.neq, other.neq, former = None, None, own.neq
        own.save(update_fields=["neq"])
        other.save(update_fields=["neq"])
        own.neq, other.neq = neq, former
        _move_record(held, gone, moved)
    for row in (other, own, gone, held):
        row.save()


def _move_record(held: Supplier, gone: Supplier, moved: dict[str, list[int]]) -> None:
    """What the last import said goes with the NEQ, where the other has nothing of its own."""
    if not RegistryRecord.objects.filter(supplier=held).exists():
        record = RegistryRecord.objects.filter(supplier=gone).first()
        if record is not None:
            RegistryRecord.objects.filter(pk=record.pk).update(supplier=held)
            moved[RECORD] = [record.pk]


RECORD = "suppliers.RegistryRecord.supplier"


def _restore(merge: SupplierMerge, held: Supplier, gone: Supplier) -> None:
    """Each column that the merge wrote and that nobody has changed since. The NEQs change places through nothing."""
    rows = dict(zip(ROWS, (held, gone, held.organisation, gone.organisation), strict=True))
    back = {name: _to_restore(row, merge.before[name], merge.after[name]) for name, row in rows.items()}
    neqs = [rows[name] for name in ROWS[2:] if "neq" in back[name]]
    wanted = [back[name]["neq"] for name in ROWS[2:] if back[name].get("neq")]
    if others := Organisation.objects.filter(neq__in=wanted).exclude(
        pk__in=[rows[name].pk for name in ROWS[2:]]
    ):
        raise WrongMove(
            _(
                "Le NEQ %(neq)s est maintenant celui d’une autre organisation. Corrigez-le là, puis annulez la réunion."
            )
            % {"neq": format_neq(others[0].neq or "")}
        )
    for row in neqs:
        type(row).objects.filter(pk=row.pk).update(neq=None)
    for name in reversed(ROWS):
        for column, value in back[name].items():
            setattr(rows[name], column, value)
        rows[name].save()
    if (keys := merge.moved.get(RECORD)) and not RegistryRecord.objects.filter(supplier=gone).exists():
        RegistryRecord.objects.filter(pk__in=keys, supplier=held).update(supplier=gone)


def _to_restore(row: models.Model, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    now = _columns(row)
    fields = {field.attname: field for field in row._meta.concrete_fields}
    return {
        name: fields[name].to_python(value)
        for name, value in before.items()
        if name in now and value != after.get(name) and now[name] == after.get(name)
    }
