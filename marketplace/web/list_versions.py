"""Which state a public list is in, told by one small query: what lets an unchanged answer be « 304 » without its rows.

Each change of a list leaves a row here, in the transaction of the change. Rows are never changed: those that a reader
sees are more whenever a change was committed, in whatever order, so « how many, from which to which » names a state.
A counter in one row would do as well, and have every import wait for every other.

Numbers come back where a database is restored or a test empties its tables: the random `mark` of the newest row keeps
an answer that was kept elsewhere (columns in a process, pages in Valkey) from passing for one of the new state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

#: The list of notices; public contracts come with it, and suppliers' pages name those.
NOTICES = "tenders"
MOST_ROWS = 2_000  # beyond, whoever keeps the list reads all of it again


class ListChange(models.Model):
    """`row_ids`: which rows of the list may differ; null where it may be any."""

    list_name = models.CharField(max_length=30)
    mark = models.UUIDField(db_default=RandomUUID())
    row_ids = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        verbose_name = _("changement d’une liste")
        verbose_name_plural = _("changements des listes")
        indexes = [models.Index(fields=["list_name", "id"], name="web_list_changes")]

    def __str__(self) -> str:
        return f"{self.list_name} {self.pk}"


def record_list_change(list_name: str, row_ids: Collection[int] | None = None) -> None:
    """Inside the transaction that changes what the list shows; `row_ids` where only these may differ."""
    known = row_ids is not None and len(row_ids) <= MOST_ROWS
    ListChange.objects.create(list_name=list_name, row_ids=list(row_ids or ()) if known else None)


#: The version, in SQL over rows of a list, or of several, called `changes`.
VERSION = (
    "SELECT concat_ws('-', count(*), coalesce(min(id), 0), coalesce(max(id), 0),"
    " (SELECT mark FROM changes ORDER BY id DESC LIMIT 1)) FROM changes"
)
_CHANGES = "SELECT id, mark FROM web_listchange WHERE list_name = ANY(%s)"
_VERSION = f"WITH changes AS NOT MATERIALIZED ({_CHANGES}) {VERSION}"


_known: ContextVar[tuple[tuple[str, ...], str] | None] = ContextVar("known_version", default=None)


@contextmanager
def known_version(list_names: tuple[str, ...], version: str) -> Iterator[None]:
    """While a page is made for which the version was read, it is not read again. Only where nothing is written."""
    token = _known.set((list_names, version))
    try:
        yield
    finally:
        _known.reset(token)


def list_version(*list_names: str) -> str:
    """Of one list, or of several together. Read it before the rows: then an answer may be newer than its version says,
    never older."""
    if (known := _known.get()) and known[0] == list_names:
        return known[1]
    with connection.cursor() as cursor:
        cursor.execute(_VERSION, [list(list_names)])
        return str(cursor.fetchone()[0])


def forget_list_changes() -> None:
    """All but the newest of each list."""
    newest = (
        ListChange.objects.order_by().values("list_name").annotate(newest=models.Max("pk")).values("newest")
    )
    ListChange.objects.exclude(pk__in=list(newest.values_list("newest", flat=True))).delete()
