"""A worker reads a list: its file becomes rows, each row is looked for among the published suppliers, the rest by category.

Each step is committed by itself, and says in the rows what is done: a worker that dies costs one batch, and the next one
goes on from there. A long list is read in turns. `leased_until` keeps two of them from the same list.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.dealings.models import OwnList, OwnListCategory, OwnListRow
from marketplace.dealings.own_lists.columns import category_key, header_score, read_cells
from marketplace.dealings.own_lists.recognition import PublishedNames, published_names
from marketplace.dealings.own_lists.replacements import find_replacements
from marketplace.dealings.own_lists.uploads import LIMITS, TASK
from marketplace.outbox.queue import wake_worker
from marketplace.web.folding import fold_text
from marketplace.web.private_files import delete_private_file
from marketplace.web.private_files.tables import table_path
from marketplace.web.tabular import Row, Table, TableError, Tables, open_tables
from suppliers.name_words import name_words

log = structlog.get_logger("own_lists")
State = OwnListRow.State
BATCH = 400
LEASE = timedelta(minutes=3)  # a batch takes seconds
TURN = 60.0  # seconds: then whatever else waits for a worker has its turn, and the list is taken up again
MOST_CATEGORIES = 300
MOST_NOTES = 20


def wake_waiting_readers() -> int:
    """Lists whose worker died, or whose wake nobody heard; how many."""
    waiting = list(OwnList.objects.to_read().values_list("pk", flat=True)[:50])
    for pk in waiting:
        wake_worker(TASK, pk)
    return len(waiting)


def read_own_list(pk: int) -> bool:
    """Read one list to its end; whether this worker did. Safe to call twice, at once or later."""
    own_list = _claim(pk)
    if own_list is None:
        return False
    language = own_list.created_by.language if own_list.created_by else settings.LANGUAGE_CODE
    with translation.override(language):
        if not own_list.rows_total and not _keep_rows(own_list):
            return True
        if _recognise_rows(own_list):
            _finish(own_list)
        else:
            OwnList.objects.filter(pk=own_list.pk).update(leased_until=None)
            wake_worker(TASK, own_list.pk)
    return True


def _claim(pk: int) -> OwnList | None:
    now = timezone.now()
    with transaction.atomic():
        rows = OwnList.objects.to_read(now).select_for_update(skip_locked=True, of=("self",))
        own_list = rows.select_related("organisation", "created_by", "file").filter(pk=pk).first()
        if own_list is None:
            return None
        own_list.state, own_list.leased_until = OwnList.State.READING, now + LEASE
        own_list.save(update_fields=["state", "leased_until"])
    return own_list


# --- The file ---------------------------------------------------------------------------------------------------------


def _keep_rows(own_list: OwnList) -> bool:
    """Every row of the file, in one transaction with the end of the file; whether there were any."""
    if own_list.file is None:
        return _fail(
            own_list,
            _(
                "Le fichier de cette liste n’est plus là. Effacez la liste, puis déposez le fichier de nouveau."
            ),
        )
    notes: list[str] = []
    try:
        with (
            table_path(own_list.file) as path,
            open_tables(path, score=header_score, limits=LIMITS) as tables,
        ):
            rows = list(_rows_of(own_list, tables, notes))
    except TableError as fault:
        return _fail(own_list, str(fault))
    except OSError:
        log.error("own_list_file_gone", own_list=own_list.pk)
        return _fail(
            own_list,
            _(
                "Le fichier de cette liste n’est plus là. Effacez la liste, puis déposez le fichier de nouveau."
            ),
        )
    if not any(row.state == State.UNREAD for row in rows):
        return _fail(
            own_list, _("Aucune ligne de ce fichier ne nomme un fournisseur dans les colonnes choisies.")
        )
    with transaction.atomic():
        held = OwnList.objects.select_for_update(of=("self",), no_key=True).filter(pk=own_list.pk).first()
        if held is None or held.rows_total:  # erased meanwhile, or kept by another
            return False
        firsts = [row for row in rows if row.first is None]
        OwnListRow.objects.bulk_create(firsts, batch_size=2000)
        OwnListRow.objects.bulk_create([row for row in rows if row.first is not None], batch_size=2000)
        file = own_list.file
        own_list.rows_total = len(rows)
        own_list.rows_read = sum(row.state != State.UNREAD for row in rows)
        own_list.has_amounts = any(row.amount is not None for row in rows)
        own_list.notes = (notes + tables.notes)[:MOST_NOTES]
        own_list.header, own_list.sample, own_list.file = [], [], None
        own_list.save(
            update_fields=["rows_total", "rows_read", "has_amounts", "notes", "header", "sample", "file"]
        )
        delete_private_file(file=file, by=None)
    return True


def _fail(own_list: OwnList, why: str) -> bool:
    OwnList.objects.filter(pk=own_list.pk).update(
        state=OwnList.State.FAILED, fault=why, leased_until=None, read_at=timezone.now()
    )
    return False


def _rows_of(own_list: OwnList, tables: Tables, notes: list[str]) -> Iterator[OwnListRow]:
    """The first list, and further tabs with the very same header; a supplier that comes back points at its first row."""
    seen = _Seen()
    header: list[str] | None = None
    for table in tables.each:
        cells = [fold_text(cell) for cell in table.header.cells]
        if header is not None and cells != header:
            notes.append(
                _("L’onglet « %(tab)s » n’est pas lu : ses colonnes ne sont pas celles de la première liste.")
                % {"tab": table.sheet}
            )
            continue
        header = cells
        for line in _lines(own_list, table):
            yield seen.place(_row(own_list, line))


def _lines(own_list: OwnList, table: Table) -> Iterator[Row]:
    if not own_list.skips_header:
        yield table.header
    yield from table.rows


def _row(own_list: OwnList, line: Row) -> OwnListRow:
    row = OwnListRow(own_list=own_list, number=line.number)
    if line.fault:
        row.state, row.fault = State.UNREADABLE, line.fault[:300]
        return row
    said = read_cells(line.cells, own_list.columns)
    row.neq, row.name, row.city, row.amount = said.neq, said.name, said.city, said.amount
    row.category, row.category_key = said.category, category_key(said.category)
    row.fault = " ".join(said.faults)[:300]
    row.amount_in_all = said.amount
    if not said.is_readable:
        row.state = State.UNREADABLE
        row.fault = row.fault or _("Cette ligne ne nomme aucun fournisseur.")
    return row


class _Seen:
    """The suppliers that rows have named so far: by NEQ, and by name with the town."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, ...], OwnListRow] = {}

    def place(self, row: OwnListRow) -> OwnListRow:
        if row.state == State.UNREADABLE:
            return row
        keys = self._keys(row)
        first = next(
            (known for key in keys if (known := self.known.get(key)) and _may_be_one(known, row)), None
        )
        if first is None:
            for key in keys:
                self.known.setdefault(key, row)
            return row
        row.state, row.first = State.REPEATED, first
        first.times += 1
        if row.amount is not None:
            first.amount_in_all = (first.amount_in_all or 0) + row.amount
        first.neq = first.neq or row.neq
        for key in keys:
            self.known.setdefault(key, first)
        return row

    @staticmethod
    def _keys(row: OwnListRow) -> list[tuple[str, ...]]:
        keys = [("neq", row.neq)] if row.neq else []
        if words := name_words(row.name):
            keys += [("name", fold_text(row.city), *words)] if row.city else [("name", "", *words)]
        return keys


def _may_be_one(first: OwnListRow, row: OwnListRow) -> bool:
    return not (first.neq and row.neq and first.neq != row.neq)


# --- Who they are -----------------------------------------------------------------------------------------------------


def _recognise_rows(own_list: OwnList) -> bool:
    """Whether all are looked for: False where the turn is over, or the list was erased meanwhile."""
    names: PublishedNames | None = None
    until = time.monotonic() + TURN
    unread = own_list.rows.filter(state=State.UNREAD).order_by("pk")
    while unread.exists():
        if time.monotonic() > until:
            return False
        names = names or published_names(unread.iterator(), region=own_list.organisation.region_id)
        batch = list(unread[:BATCH])
        for row in batch:
            found = names.recognise(row)
            row.state, row.supplier_id, row.confidence = found.state, found.supplier, found.confidence
            row.reasons, row.others = list(found.reasons), [list(one) for one in found.others]
        if not _write(own_list, batch):
            return False
    return True


def _write(own_list: OwnList, batch: Iterable[OwnListRow]) -> bool:
    """False where the list was erased meanwhile."""
    batch = list(batch)
    with transaction.atomic():
        held = OwnList.objects.select_for_update(of=("self",), no_key=True).filter(pk=own_list.pk).first()
        if held is None:
            return False
        OwnListRow.objects.bulk_update(batch, ["state", "supplier", "confidence", "reasons", "others"])
        held.rows_read = held.rows.exclude(state=State.UNREAD).count()
        held.leased_until = timezone.now() + LEASE
        held.save(update_fields=["rows_read", "leased_until"])
    return True


# --- What is bought from the others -----------------------------------------------------------------------------------


def _finish(own_list: OwnList) -> None:
    categories = _categories(own_list)
    for category in categories:
        find_replacements(category, own_list.organisation)
    with transaction.atomic():
        held = OwnList.objects.select_for_update(of=("self",), no_key=True).filter(pk=own_list.pk).first()
        if held is None or held.state != OwnList.State.READING:
            return
        held.categories.all().delete()
        OwnListCategory.objects.bulk_create(categories)
        held.state, held.read_at, held.leased_until = OwnList.State.READY, timezone.now(), None
        held.save(update_fields=["state", "read_at", "leased_until"])


def _categories(own_list: OwnList) -> list[OwnListCategory]:
    """What is bought from suppliers that are not known as social economy, the most money first."""
    rows = own_list.rows.firsts().exclude(state__in=OwnListRow.SOCIAL).exclude(category_key="")
    found = rows.values("category_key").annotate(n=Count("pk"), paid=Sum("amount_in_all"))
    ranked = sorted(found, key=lambda one: (-(one["paid"] or 0), -one["n"], one["category_key"]))
    names = dict(rows.order_by("-number").values_list("category_key", "category"))  # as it is first written
    return [
        OwnListCategory(
            own_list=own_list,
            key=one["category_key"],
            name=names[one["category_key"]],
            rows=one["n"],
            amount=one["paid"],
        )
        for one in ranked[:MOST_CATEGORIES]
    ]
