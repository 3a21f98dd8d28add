"""Which state a public list is in, told by one small query: what lets an unchanged answer be « 304 » without its rows.

Each change of a list leaves a row here, in the transaction of the change. Rows are never changed: those that a reader
sees are more whenever a change was committed, in whatever order, so « how many, from which to which » names a state.
A counter in one row would do as well, and have every import wait for every other.
"""

from __future__ import annotations

from django.db import connection, models
from django.utils.translation import gettext_lazy as _


class ListChange(models.Model):
    list_name = models.CharField(max_length=30)

    class Meta:
        verbose_name = _("changement d’une liste")
        verbose_name_plural = _("changements des listes")
        indexes = [models.Index(fields=["list_name", "id"], name="web_list_changes")]

    def __str__(self) -> str:
        return f"{self.list_name} {self.pk}"


def record_list_change(list_name: str) -> None:
    """Inside the transaction that changes what the list shows."""
    ListChange.objects.create(list_name=list_name)


def list_version(list_name: str) -> str:
    """Read it before the rows: then an answer may be newer than its version says, never older."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(id), max(id) FROM web_listchange WHERE list_name = %s", [list_name]
        )
        return "-".join(str(part or 0) for part in cursor.fetchone())


def forget_list_changes() -> None:
    """All but the newest of each list."""
    newest = (
        ListChange.objects.order_by().values("list_name").annotate(newest=models.Max("pk")).values("newest")
    )
    ListChange.objects.exclude(pk__in=list(newest.values_list("newest", flat=True))).delete()
