"""A need's life: written, sent or published, changed, closed, decided or cancelled. Each change is a version, and an event.
How a draft begins, and where it comes from, is `drafting`.

Events, for the apps above: `need.published`, `need.changed` (its version; `needs.versions.changes_of` has the words),
`need.closed` (its closing), `need.decided`, `need.cancelled`. Subject: « need:42 ».
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.emails import send_need_cancelled, send_need_published, send_need_returned
from buyers.models import Clause, Need, NeedClause, NeedDocument, NeedVersion
from buyers.needs.versions import said_by
from buyers.permissions import can_cancel_need, can_manage_need, can_review_need
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.classification.labels import ensure_codes
from marketplace.outbox.events import post_event
from marketplace.web.errors import Refused, WrongMove
from marketplace.web.list_versions import record_list_change
from marketplace.web.private_files import Checked, delete_private_file, store_private_file
from marketplace.web.verbs import verb

#: What a person writes; everything else of a need is written by a verb.
WRITTEN = frozenset({
    "title", "description", "reference", "method", "audience", "place", "municipality_id", "mrc_id", "region_id",
    "starts_on", "ends_on", "band", "estimated_amount", "unspsc", "questions_until", "closes_at", "is_sealed",
})  # fmt: skip
MOST_DOCUMENTS = 12
#: How long an answer that is whole here may take to be read, its file checked included.
LONGEST_READING = timedelta(seconds=60)
#: The list of needs that everyone reads, as `web.list_versions` names it.
NEEDS = "needs"
#: From the narrowest to the widest: published, a need may only reach more people.
WIDENING = (Need.Audience.INVITED, Need.Audience.FITTING, Need.Audience.EVERYONE)


# -- writing -----------------------------------------------------------------------------------------------------


@verb
def change_need(
    *,
    need: Need,
    values: Mapping[str, Any],
    by: User | None,
    clauses: Sequence[Clause] | None = None,
    upload: Checked | None = None,
) -> list[str]:
    """Write what a person typed, the clauses that they took, a document that they add; in one version where it is published,
    and who follows it is told. Which fields changed, by name."""
    row = lock_need(need)
    check_permission(can_manage_need, by, row)
    check_written(values)
    if row.status in (Need.Status.DECIDED, Need.Status.CANCELLED):
        raise WrongMove(_("Ce besoin est terminé. Copiez-le pour en publier un autre."))
    if row.is_closed:
        raise WrongMove(_("La clôture est passée. Copiez ce besoin pour en publier un autre."))
    _check_not_read(row)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if changed and row.is_shown:
        _check_change(row, values)
    before = said_by(row)
    if changed:
        _write(row, need, **{name: values[name] for name in changed})
    if clauses is not None and take_clauses(row, clauses):
        changed.append("clauses")
    if upload is not None:
        _keep_document(row, upload, by)
        changed.append("documents")
    if changed:
        _tell_change(row, need, before, by)
    return changed


@verb
def remove_need_document(*, document: NeedDocument, by: User) -> None:
    row = lock_need(document.need)
    check_permission(can_manage_need, by, row)
    _check_in_hand(row)
    before, file = said_by(row), document.file
    document.delete()
    delete_private_file(file=file, by=by)
    _tell_change(row, document.need, before, by)


# -- out, and back -----------------------------------------------------------------------------------------------


@verb
def submit_need(*, need: Need, by: User | None) -> None:
    """Publish it where the institution is verified; else the staff of its territory look at it first."""
    row = lock_need(need)
    check_permission(can_manage_need, by, row)
    if row.status != Need.Status.DRAFT:
        raise WrongMove(_("Ce besoin est déjà envoyé."))
    _check_complete(row)
    _write(row, need, submitted_at=timezone.now(), returned_because="")
    if row.buyer.is_verified:
        _publish(row, need, by)
    else:
        _write(row, need, status=Need.Status.SUBMITTED)


@verb
def take_back_need(*, need: Need, by: User | None) -> None:
    """What waits for a look becomes a draft again."""
    row = lock_need(need)
    check_permission(can_manage_need, by, row)
    _check_status(row, Need.Status.SUBMITTED)
    _write(row, need, status=Need.Status.DRAFT, submitted_at=None)


@verb
def publish_need(*, need: Need, by: User | None) -> None:
    """Staff have looked at it."""
    row = lock_need(need)
    check_permission(can_review_need, by, row)
    _check_status(row, Need.Status.SUBMITTED)
    _check_complete(row)
    _publish(row, need, by)
    send_need_published(row)


@verb
def return_need(*, need: Need, message: str, by: User | None) -> None:
    """Staff ask for something: it is a draft again, with their words."""
    row = lock_need(need)
    check_permission(can_review_need, by, row)
    _check_status(row, Need.Status.SUBMITTED)
    if not message.strip():
        raise Refused(_("Écrivez ce que l’institution doit compléter."))
    row.returned_because = message.strip()[:2000]
    send_need_returned(row)
    _write(row, need, status=Need.Status.DRAFT, submitted_at=None, returned_because=row.returned_because)


@verb
def extend_need(*, need: Need, closes_at: datetime, by: User | None) -> None:
    """A later closing, as long as it is open."""
    if need.closes_at is not None and closes_at <= need.closes_at:
        raise Refused(_("La nouvelle clôture doit venir après celle qui est annoncée."))
    change_need(need=need, values={"closes_at": closes_at}, by=by)


@verb
def close_need(*, need: Need, by: User | None) -> None:
    """Close it now, before its time. Sealed answers keep the announced hour: nobody opens them earlier."""
    row = lock_need(need)
    check_permission(can_manage_need, by, row)
    if not row.is_running:
        raise WrongMove(_("Ce besoin n’est pas ouvert."))
    if row.is_sealed:
        raise WrongMove(
            _(
                "Les propositions sont scellées jusqu’à l’heure annoncée : la clôture ne peut pas être devancée."
            )
        )
    now, before = timezone.now(), said_by(row)
    until = row.questions_until
    _write(row, need, closes_at=now, questions_until=min(until, now) if until else None)
    _tell_change(row, need, before, by)


@verb
def decide_need(*, need: Need, at: datetime, by: User | None) -> None:
    """Something was chosen, or nothing, at that moment: who and why stands where answers are kept, above `buyers`."""
    row = lock_need(need)
    check_permission(can_manage_need, by, row)
    if not row.is_closed:
        raise WrongMove(_("Une décision se prend après la clôture."))
    _write(row, need, status=Need.Status.DECIDED, decided_at=at)
    record_list_change(NEEDS)
    post_event(kind="need.decided", subject=f"need:{row.pk}", version="1")


@verb
def cancel_need(*, need: Need, reason: str, by: User | None) -> None:
    """It will not be: everyone who could read it reads why."""
    row = lock_need(need)
    check_permission(can_cancel_need, by, row)
    if row.status != Need.Status.PUBLISHED:
        raise WrongMove(_("Seul un besoin publié peut être annulé."))
    if not reason.strip():
        raise Refused(_("Écrivez le motif : toutes les personnes qui voient le besoin le liront."))
    _write(
        row,
        need,
        status=Need.Status.CANCELLED,
        cancelled_at=timezone.now(),
        cancelled_because=reason.strip()[:2000],
    )
    if by is not None and not can_manage_need(by, row):
        send_need_cancelled(row)
    record_list_change(NEEDS)
    post_event(kind="need.cancelled", subject=f"need:{row.pk}", version="1")


@verb
def tell_closed_needs(*, by: None = None) -> int:
    """Say once of each need that its closing has come, a minute later: what arrived in time is read by then. How many were
    said. Safe to run twice."""
    due = (
        Need.objects.filter(status=Need.Status.PUBLISHED, closes_at__lte=timezone.now() - LONGEST_READING)
        .filter(Q(closing_told__isnull=True) | ~Q(closing_told=F("closes_at")))
        .order_by("pk")
        .select_for_update(skip_locked=True, of=("self",))[:200]
    )
    rows = list(due)
    for row in rows:
        assert row.closes_at is not None  # noqa: S101 - a published need has one
        Need.objects.filter(pk=row.pk).update(closing_told=row.closes_at)
        post_event(kind="need.closed", subject=f"need:{row.pk}", version=row.closes_at.isoformat())
    return len(rows)


def take_clauses(row: Need, clauses: Sequence[Clause]) -> bool:
    """As the library words them today; those that were taken before keep their words. Whether anything changed."""
    taken = set(row.clauses.values_list("clause", flat=True))
    wanted = {clause.pk: clause for clause in clauses}
    if taken == wanted.keys():
        return False
    row.clauses.exclude(clause__in=wanted).delete()
    NeedClause.objects.bulk_create(
        NeedClause(
            need=row,
            clause=clause,
            **{name: getattr(clause, name) for name in ("title", "title_en", "text", "text_en", "weight")},
        )
        for pk, clause in wanted.items()
        if pk not in taken
    )
    return True


def _keep_document(row: Need, upload: Checked, by: User | None) -> None:
    if row.documents.count() >= MOST_DOCUMENTS:
        raise Refused(_("Un besoin a douze documents au plus. Retirez-en un, ou réunissez-les en un PDF."))
    file = store_private_file(upload=upload, by=by, holder=row.buyer.organisation)
    NeedDocument.objects.create(need=row, file=file)


# -- what they share ---------------------------------------------------------------------------------------------


def lock_need(need: Need) -> Need:
    """The row as it stands, held until the transaction ends."""
    return Need.objects.select_related("buyer__organisation").select_for_update(of=("self",)).get(pk=need.pk)


def missing_of(need: Need) -> list[str]:
    """What a need must say before it is sent, in sentences."""
    found = []
    if not need.title.strip():
        found.append(_("Écrivez ce que vous cherchez."))
    if not need.description.strip():
        found.append(_("Décrivez le besoin en quelques phrases."))
    if need.closes_at is None:
        found.append(_("Choisissez la date de clôture."))
    elif need.closes_at <= timezone.now():
        found.append(_("La clôture est passée. Choisissez une date à venir."))
    return found


def _check_complete(row: Need) -> None:
    if missing := missing_of(row):
        raise Refused(" ".join(missing))


def check_written(values: Mapping[str, Any]) -> None:
    if unknown := values.keys() - WRITTEN:
        raise TypeError(f"nobody writes {sorted(unknown)} of a need")
    if codes := values.get("unspsc"):
        ensure_codes(codes)  # or no filter would find them


def _check_status(row: Need, status: Need.Status) -> None:
    if row.status != status:
        raise WrongMove(_("L’état de ce besoin a changé entre-temps. Relisez la page."))


def _check_not_read(row: Need) -> None:
    """What staff read is what they publish."""
    if row.status == Need.Status.SUBMITTED:
        raise WrongMove(
            _("Votre pôle lit ce besoin. Reprenez-le pour le modifier, puis envoyez-le de nouveau.")
        )


def _check_in_hand(row: Need) -> None:
    _check_not_read(row)
    if row.is_shown and not row.is_running:
        raise WrongMove(_("La clôture est passée : le besoin ne peut plus être modifié."))


def _check_change(row: Need, values: Mapping[str, Any]) -> None:
    """What was promised when it was published holds: sealed stays sealed, until the hour that was said; and what was
    shown to all stays so."""
    closes_at = values.get("closes_at", row.closes_at)
    if closes_at is None or closes_at <= timezone.now():
        raise Refused(
            _("La clôture doit être à venir. Pour fermer maintenant, utilisez « Fermer maintenant ».")
        )
    if not values.get("title", row.title).strip() or not values.get("description", row.description).strip():
        raise Refused(_("Un besoin publié garde un objet et une description."))
    if row.is_sealed and not values.get("is_sealed", True):
        raise Refused(_("Des propositions annoncées comme scellées le restent."))
    if row.is_sealed and row.closes_at is not None and closes_at < row.closes_at:
        raise Refused(
            _(
                "Les propositions sont scellées jusqu’à l’heure annoncée : la clôture ne peut pas être devancée."
            )
        )
    if not row.is_by_invitation and values.get("method", row.method) == Need.Method.LIMITED:
        raise Refused(
            _(
                "Un besoin publié ne devient pas « sur invitation » : toute entreprise qui le voit peut y répondre."
            )
        )
    audience = values.get("audience", row.audience)
    if WIDENING.index(audience) < WIDENING.index(row.audience):
        raise Refused(_("Un besoin publié peut s’ouvrir à plus de monde, pas à moins."))


def _publish(row: Need, need: Need, by: User | None) -> None:
    _write(row, need, status=Need.Status.PUBLISHED, published_at=timezone.now(), version=1)
    NeedVersion.objects.create(need=row, number=1, by=by, said=said_by(row))
    record_list_change(NEEDS)
    post_event(kind="need.published", subject=f"need:{row.pk}", version="1")


def _tell_change(row: Need, need: Need, before: dict[str, Any], by: User | None) -> None:
    """Published, what changed for its readers is a version and an event; a draft keeps no versions."""
    if not row.is_shown:
        return
    said = said_by(row)
    fields = [name for name in said if said[name] != before[name]]
    if not fields:
        return
    _write(row, need, version=row.version + 1)
    NeedVersion.objects.create(need=row, number=row.version, by=by, said=said)
    record_list_change(NEEDS)
    post_event(
        kind="need.changed",
        subject=f"need:{row.pk}",
        version=str(row.version),
        payload={"version": row.version, "fields": fields},
    )


def _write(row: Need, need: Need, **values: Any) -> None:
    """The same on the row that is held and on the object that the caller has."""
    for name, value in values.items():
        setattr(row, name, value)
        setattr(need, name, value)
    row.save(update_fields=[name.removesuffix("_id") if name.endswith("_id") else name for name in values])
