"""The workbook that leaves: exactly the listings that are filtered, as far as the reader curates them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from marketplace.accounts.models import PersonalDataRead, User
from marketplace.accounts.people import note_reads
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.web.errors import Refused
from marketplace.web.spreadsheets import write_workbook
from marketplace.web.typography import format_number
from suppliers.models import Supplier
from suppliers.round_trip.columns import TABS, Tab, headers_of, rows_of, texts_of, version_of, whole

MOST = 2_000


def export_for_editing(*, rows: Any, by: User) -> bytes:
    """`rows` are suppliers in the order of the list; who took them away is recorded. Raises `Refused` beyond `MOST`."""
    keys = list(rows.values_list("pk", flat=True)[: MOST + 1])
    mine = Supplier.objects.curated_by(by).filter(pk__in=keys)
    if len(keys) > MOST:
        raise Refused(
            _("Un classeur contient au plus %(n)s fiches. Filtrez la liste, puis exportez de nouveau.")
            % {"n": format_number(MOST)}
        )
    found = {supplier.pk: supplier for supplier in whole(mine)}
    suppliers = [found[pk] for pk in keys if pk in found]
    note_reads(
        reader=by,
        organisations=[supplier.organisation_id for supplier in suppliers],
        what="supplier.export",
        purpose=PersonalDataRead.Purpose.EXPORT,
    )
    record_security_event(kind=Kind.EXPORTED, by=by, target="suppliers", rows=len(suppliers))
    return write_workbook([(str(tab.title), _table(tab, suppliers)) for tab in TABS], hidden=1)


def _table(tab: Tab, suppliers: list[Supplier]) -> Iterator[list[Any]]:
    yield headers_of(tab)
    for row in rows_of(tab, suppliers):
        texts = texts_of(tab, row)
        own = [row.pk] if tab.is_listing else [row.supplier_id, row.pk]
        yield [version_of(tab, row.pk, texts), *own, *texts.values()]
