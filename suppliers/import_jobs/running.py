"""A worker's part of an import: reading the file, checking its rows, writing them, taking them back.

Each step is one transaction that says in the row how far it went (`position`): a worker that dies loses the step it was
at, nothing of it stays, and the next worker goes on from there. `leased_until` keeps two of them from one import; a long
one is worked on in turns, so that whatever else waits for a worker has its own.
"""

from __future__ import annotations

import time
from datetime import timedelta

import pghistory
import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.outbox.queue import wake_worker
from marketplace.web.collecting import collector_at_rest
from marketplace.web.locks import hold_lock
from marketplace.web.tabular import TableError
from marketplace.web.verbs import verb
from suppliers.import_jobs.checking import ImportChecker, count_outcomes
from suppliers.import_jobs.deposit import TASK
from suppliers.import_jobs.reading import rows_of_file
from suppliers.import_jobs.undoing import take_back
from suppliers.importing.importer import LOCK
from suppliers.models import SupplierImport, SupplierImportRow
from suppliers.neq_confirmation import propose_neqs

log = structlog.get_logger("imports")
State, Outcome = SupplierImport.State, SupplierImportRow.Outcome
BATCH = 500
LEASE = timedelta(minutes=2)  # a batch takes seconds
TURN = 60.0  # seconds
MOST_ATTEMPTS = 5  # at one and the same batch: it may well be what kills workers
MOST_NOTES = 20


def wake_waiting_imports() -> int:
    """Imports whose worker died, or whose wake nobody heard; how many."""
    waiting = list(SupplierImport.objects.to_advance().values_list("pk", flat=True)[:50])
    for pk in waiting:
        wake_worker(TASK, pk)
    return len(waiting)


def advance_import(pk: int) -> bool:
    """Bring one import to the end of its present state; whether this worker did. Safe to call twice, at once or later."""
    job = _claim(pk)
    if job is None:
        return False
    language = job.created_by.language if job.created_by else settings.LANGUAGE_CODE
    until = time.monotonic() + TURN
    with translation.override(language):
        while _advance(job):
            if time.monotonic() > until:
                SupplierImport.objects.filter(pk=pk).update(leased_until=None)
                wake_worker(TASK, pk)
                break
    return True


def _claim(pk: int) -> SupplierImport | None:
    with transaction.atomic():
        rows = SupplierImport.objects.to_advance().select_for_update(skip_locked=True, of=("self",))
        job = rows.select_related("created_by").filter(pk=pk).first()
        if job is None:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            log.error("import_given_up", supplier_import=pk, position=job.position, state=job.state)
            language = job.created_by.language if job.created_by else settings.LANGUAGE_CODE
            with translation.override(language):
                _fail(job, _("L’importation s’est arrêtée plusieurs fois au même endroit. Vous pouvez la reprendre ou l’annuler."))  # fmt: skip
            return None
        job.leased_until, job.attempts = timezone.now() + LEASE, job.attempts + 1
        job.save(update_fields=["leased_until", "attempts"])
    return job


@collector_at_rest()
def _advance(job: SupplierImport) -> bool:
    """One step; whether another one follows."""
    match job.state:
        case State.CHECKING if not job.rows_total:
            return _keep_rows(job)
        case State.CHECKING:
            return check_next_rows(job=job, by=None)
        case State.RUNNING:
            return write_next_rows(job=job, by=None)
        case State.UNDOING:
            return take_back_next_rows(job=job, by=None)
    return False


def _hold(job: SupplierImport) -> bool:
    """The row locked, and `job` as it stands; False where another worker or a person has moved it on."""
    held = SupplierImport.objects.select_for_update(of=("self",), no_key=True).filter(pk=job.pk).first()
    if held is None:
        return False
    return (held.state, held.position, held.rows_total) == (job.state, job.position, job.rows_total)


def _moved(job: SupplierImport, position: int, state: str = "", **fields: object) -> bool:
    """Note how far it went; whether more is to be done in this state."""
    job.position, job.attempts = position, 0
    job.leased_until = None if state else timezone.now() + LEASE
    names = ["position", "attempts", "leased_until", *fields]
    for name, value in fields.items():
        setattr(job, name, value)
    if state:
        job.state = state
        names.append("state")
    job.save(update_fields=names)
    return not state


def _fail(job: SupplierImport, why: str) -> bool:
    job.state, job.fault, job.leased_until = State.FAILED, why, None
    job.save(update_fields=["state", "fault", "leased_until"])
    return False


def _keep_rows(job: SupplierImport) -> bool:
    """Every row of the file, in one transaction."""
    gone = _("Le fichier de cette importation n’est plus là. Déposez-le de nouveau.")
    notes: list[str] = []
    if job.file is None:
        return _fail(job, gone)
    try:
        rows = list(rows_of_file(job, job.file, notes))
    except TableError as fault:
        return _fail(job, str(fault))
    except OSError:
        log.error("import_file_gone", supplier_import=job.pk)
        return _fail(job, gone)
    if not rows:
        return _fail(job, _("Ce fichier n’a aucune ligne sous son en-tête."))
    with transaction.atomic():
        if not _hold(job):
            return False
        SupplierImportRow.objects.bulk_create(rows, batch_size=2000)
        return _moved(job, 0, rows_total=len(rows), notes=notes[:MOST_NOTES])


@verb
def check_next_rows(*, job: SupplierImport, by: None) -> bool:
    """What is to become of the next rows."""
    if not _hold(job):
        return False
    rows = list(job.rows.filter(place__gt=job.position)[:BATCH])
    if rows:
        ImportChecker(job).check(rows)
        return _moved(job, rows[-1].place)
    return _moved(job, 0, State.READY, counts=count_outcomes(job), revision=job.revision + 1)


@verb
def write_next_rows(*, job: SupplierImport, by: None) -> bool:
    """Write the next rows, or look for the NEQs of those that came without, and end."""
    pghistory.context(
        supplier_import=job.pk, import_file=job.name, mapping=job.mapping, user=job.started_by_id
    )
    hold_lock(LOCK)  # one import of suppliers at a time writes a batch, as the command does
    if not _hold(job):
        return False
    rows = list(job.rows.filter(place__gt=job.position)[:BATCH])
    if not rows:
        propose_neqs(by=job.started_by)
        return _moved(job, job.rows_total, State.DONE, counts=count_outcomes(job), done_at=timezone.now())
    checker = ImportChecker(job)
    taken = checker.understand(rows)
    writer, refused = checker.writer, len(checker.report.rejected)
    writer.write(list(taken.values()))
    no = {told.row: told.message for told in checker.report.rejected[refused:]}
    for row in rows:
        written = writer.written.get(row.place)
        if row.place in no:
            row.outcome = Outcome.REJECTED
            row.faults.append(["", no[row.place]])
        elif row.place in writer.elsewhere:
            row.outcome = Outcome.ELSEWHERE
        elif written is not None:
            row.outcome, row.supplier = str(written.pair.outcome), written.pair.supplier
            row.before, row.after = written.before, written.after
            if written.before is not None:
                row.before = {**written.before, "said": written.pair.row.digest}
    fields = ["name", "identity", "digest", "outcome", "faults", "unknown", "supplier", "before", "after"]
    SupplierImportRow.objects.rewrite(rows, fields)
    return _moved(job, rows[-1].place)


@verb
def take_back_next_rows(*, job: SupplierImport, by: None) -> bool:
    """Undo the next rows that were written."""
    pghistory.context(supplier_import_undone=job.pk, user=job.undone_by_id)
    hold_lock(LOCK)
    if not _hold(job):
        return False
    rows = list(job.rows.written().filter(is_undone=False, place__gt=job.position)[:BATCH])
    if not rows:
        propose_neqs(by=job.undone_by)
        return _moved(job, job.rows_total, State.UNDONE)
    take_back(job, rows)
    return _moved(job, rows[-1].place)
