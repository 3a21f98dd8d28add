"""A file comes in, its columns are said, its words are explained; each of it once, under the lock of its row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.outbox.queue import wake_worker
from marketplace.territories.models import Pole
from marketplace.web.errors import NotAllowed, Refused, WrongMove
from marketplace.web.folding import fold_text
from marketplace.web.private_files import Checked, delete_private_file, store_private_file
from marketplace.web.private_files.tables import table_path
from marketplace.web.tabular import HeaderScore, Limits, TableError
from marketplace.web.tabular.asking import FirstRows, first_rows, header_cell
from marketplace.web.verbs import verb
from suppliers.importing.listing import LISTING
from suppliers.importing.mappings import MAPPINGS, looks_like_registry
from suppliers.importing.rows import FileMapping
from suppliers.models import ImportMemory, SupplierImport, SupplierImportRow

TASK = "suppliers.advance_import"
State = SupplierImport.State
KEEP = timedelta(days=90)  # the file, its rows and the way back
LIMITS = Limits(bytes=10 * 1024 * 1024, rows=50_000)
#: What a column holds that says where the enterprise is; the file calls it « Territoire », and may mean either.
SEAT, AREAS = "seat", "areas"


def poles_for_import(user: User) -> list[Pole]:
    """The pôles for which a person may import: their own, or all."""
    rows = Pole.objects.order_by("code")
    return list(rows if user.is_superuser else rows.filter(pk__in=user.pole_codes))


@verb
def deposit_import(*, upload: Checked, pole: Pole | None, by: User) -> SupplierImport:
    """Keep a file until its columns are confirmed. The same file, deposited twice and not run, is the same import.

    Raises `Refused` where it cannot be read at all.
    """
    if not by.is_superuser and (pole is None or pole.pk not in by.pole_codes):
        raise NotAllowed(_("Vous importez pour votre pôle seulement."))
    held = User.objects.select_for_update(of=("self",), no_key=True).get(
        pk=by.pk
    )  # a double click waits here
    same = SupplierImport.objects.filter(
        created_by=held, pole=pole, state__in=SupplierImport.OPEN, file__sha256=upload.sha256
    ).first()
    if same is not None:
        return same
    found = _first_rows(upload)
    is_registry = looks_like_registry(found.header)
    job = SupplierImport(
        pole=pole,
        is_limited=not by.is_superuser,
        name=upload.name[:120],
        created_by=by,
        header=found.header,
        sample=found.sample,
        header_is_known=found.is_known,
        looks_like_registry=is_registry,
        forget_at=timezone.now() + KEEP,
    )
    memory = _memory_of(job)
    if memory is not None:
        job.mapping, job.meanings, job.remembered = memory.mapping, memory.meanings, True
        job.columns = _remembered_columns(memory, found.header)
    else:
        job.columns = proposed_columns(LISTING, found.header)
    job.file = store_private_file(upload=upload, by=by, holder=by)
    job.save()
    return job


def _first_rows(upload: Checked) -> FirstRows:
    """The known header; where there is none, the row that looks most like titles."""
    try:
        with table_path(upload.content) as path:
            found = first_rows(path, score=known_score, limits=LIMITS)
            if found.is_known:
                return _with_rows(found)
            likely = first_rows(path, score=_titles, limits=LIMITS)
    except TableError as fault:
        raise Refused(str(fault)) from fault
    return _with_rows(FirstRows(likely.header, likely.sample, is_known=False, sheet=likely.sheet))


def _with_rows(found: FirstRows) -> FirstRows:
    if not found.sample:
        raise Refused(_("Ce fichier n’a aucune ligne sous son en-tête."))
    return found


def known_score(header: list[str]) -> int:
    return max(mapping.score(header) for mapping in MAPPINGS.values())


def _titles(cells: list[str]) -> int:
    """Short cells without figures: how many stand in a row."""
    said = [cell.strip() for cell in cells if cell.strip()]
    titles = [cell for cell in said if len(cell) <= 60 and not any(c.isdigit() for c in cell)]
    return len(titles) if len(titles) > 1 and len(titles) == len(said) else 0


def header_score(header: Sequence[str]) -> HeaderScore:
    """Finds again the header that a person saw; other tabs by what they hold."""
    seen = [fold_text(cell) for cell in header]

    def score(cells: list[str]) -> int:
        return 10_000 if [fold_text(header_cell(cell)) for cell in cells] == seen else known_score(cells)

    return score


def proposed_columns(mapping: FileMapping, header: Sequence[str]) -> dict[str, int]:
    """Place by what the column holds, as `mapping` understands the header; what is asked is left out."""
    return dict(mapping.match(list(header)).at)


def shape_of(header: Sequence[str]) -> str:
    """Of the set of headers, in any order."""
    return hashlib.sha256("\n".join(sorted({fold_text(cell) for cell in header})).encode()).hexdigest()


def _memory_of(job: SupplierImport) -> ImportMemory | None:
    return ImportMemory.objects.filter(pole=job.pole, shape=shape_of(job.header)).first()


def _remembered_columns(memory: ImportMemory, header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(header):
        column = memory.columns.get(fold_text(cell), "")
        if column:
            found.setdefault(column, at)
    return found


def remember(job: SupplierImport) -> None:
    """The next file with these headers is read the same way."""
    # Of two columns of one title, the one that is read.
    columns = {fold_text(title): "" for title in job.header}
    columns |= {fold_text(job.header[at]): column for column, at in job.columns.items()}
    ImportMemory.objects.update_or_create(
        pole=job.pole,
        shape=shape_of(job.header),
        defaults={
            "mapping": job.mapping,
            "columns": columns,
            "meanings": job.meanings,
        },
    )


@verb
def choose_columns(
    *,
    job: SupplierImport,
    columns: Mapping[str, int],
    mapping: str = LISTING.code,
    revision: int | None = None,
    by: User,
) -> SupplierImport:
    """What each column holds is said: a worker reads the file, from its beginning. Nothing that was corrected stays, unless
    it was corrected after the page was opened (`revision`)."""
    held = hold_import(job, by)
    if held.state not in (State.COLUMNS, State.READY) or held.file_id is None:
        raise WrongMove(_("Les colonnes de ce fichier sont déjà confirmées."))
    _check_seen(held, revision)
    kind = MAPPINGS[mapping]
    if kind is not LISTING:
        matched = kind.match(list(held.header))
        if matched.missing:
            raise WrongMove(
                _("Ce fichier n’a pas les colonnes du registre : %(columns)s.")
                % {"columns": ", ".join(matched.missing)}
            )
        columns = matched.at
    elif "name" not in columns:
        raise WrongMove(_("Dites quelle colonne contient le nom de l’entreprise."))
    known = {*kind.printed, SEAT}
    if len(set(columns.values())) < len(columns) or not set(columns) <= known:
        raise WrongMove(_("Une même colonne est choisie deux fois."))
    if any(not 0 <= at < len(held.header) for at in columns.values()):
        raise WrongMove(_("Cette colonne n’est pas dans le fichier."))
    held.columns, held.mapping = dict(columns), kind.code
    held.rows.all().delete()
    held.rows_total = 0
    remember(held)
    start(held, State.CHECKING)
    return held


@verb
def explain_words(
    *, job: SupplierImport, answers: Sequence[tuple[str, str, str]], by: User
) -> SupplierImport:
    """(column, words, what they mean): said once for all the rows, which are read again. « - » leaves the cell out."""
    held = hold_import(job, by, state=State.READY)
    for column, words, meaning in answers:
        held.meanings.setdefault(column, {})[fold_text(words) or words] = [words, meaning]
    held.revision += 1
    remember(held)
    start(held, State.CHECKING)
    return held


@verb
def run_import(*, job: SupplierImport, revision: int, by: User) -> SupplierImport:
    """Write the rows of the preview that the person saw. A second click changes nothing."""
    held = hold_import(job, by)
    if held.state in (State.RUNNING, State.DONE):
        return held
    if held.state != State.READY:
        raise WrongMove(_("Cette importation n’est plus à confirmer : rechargez la page."))
    _check_seen(held, revision)
    held.started_at, held.started_by = timezone.now(), by
    start(held, State.RUNNING)
    return held


@verb
def resume_import(*, job: SupplierImport, by: User) -> SupplierImport:
    """What stopped goes on from where it was."""
    held = hold_import(job, by, state=State.FAILED)
    if held.forget_at is None or not held.rows_total:
        raise WrongMove(_("Cette importation ne peut pas être reprise : déposez le fichier de nouveau."))
    again = State.UNDOING if held.undone_at else State.RUNNING if held.started_at else State.CHECKING
    held.fault, position = "", held.position
    start(held, again)
    SupplierImport.objects.filter(pk=held.pk).update(position=position)
    return held


@verb
def undo_import(*, job: SupplierImport, by: User) -> SupplierImport:
    """Everything that it wrote is taken back, as far as nobody changed it since. A second click changes nothing."""
    held = hold_import(job, by)
    if held.state in (State.UNDOING, State.UNDONE):
        return held
    if not held.may_undo:
        raise WrongMove(_("Cette importation ne peut plus être annulée."))
    held.undone_at, held.undone_by = timezone.now(), by
    start(held, State.UNDOING)
    return held


@verb
def drop_import(*, job: SupplierImport, revision: int | None = None, by: User) -> None:
    """What was never run goes whole, with its file."""
    held = hold_import(job, by)
    if held.started_at is not None or held.is_working:
        raise WrongMove(_("Des lignes de cette importation sont déjà écrites : annulez-la plutôt."))
    _check_seen(held, revision)
    file = held.file
    held.delete()
    if file is not None:
        delete_private_file(file=file, by=by)


@verb
def forget_imports(*, by: None) -> int:
    """After ninety days the file, the rows and the way back go; the figures stay. What was never run goes whole."""
    rows = list(SupplierImport.objects.outdated().select_related("file")[:100])
    for job in rows:
        file = job.file
        if job.started_at is None:
            job.delete()
        else:
            SupplierImportRow.objects.filter(supplier_import=job).delete()
            job.file, job.header, job.sample, job.forget_at = None, [], [], None
            job.save(update_fields=["file", "header", "sample", "forget_at"])
        if file is not None:
            delete_private_file(file=file, by=by)
    return len(rows)


def hold_import(job: SupplierImport, by: User, *, state: str = "") -> SupplierImport:
    """The row under its lock, as it stands. Raises `Refused` where it is not the person's, or not in that state any more."""
    rows: Any = SupplierImport.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    held: SupplierImport | None = rows.select_related("file", "pole").filter(pk=job.pk).first()
    if held is None:
        raise WrongMove(_("Cette importation n’existe plus."))
    if state and held.state != state:
        raise WrongMove(_("Cette importation a avancé entretemps : rechargez la page."))
    return held


def _check_seen(held: SupplierImport, revision: int | None) -> None:
    """`revision` is that of the page; None: no page was shown."""
    if revision not in (None, held.revision):
        raise WrongMove(_("Quelqu’un a changé cette importation entretemps : vérifiez l’aperçu de nouveau."))


def start(held: SupplierImport, state: str) -> None:
    """A state that a worker works on, from its first row."""
    held.state, held.position, held.attempts, held.leased_until = state, 0, 0, None
    held.save()
    transaction.on_commit(partial(wake_worker, TASK, held.pk), robust=True)
