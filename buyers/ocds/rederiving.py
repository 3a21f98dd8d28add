"""Rows of notices written again from the versions that are kept, where an older edition of `derivation` wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buyers.models import Tender
from marketplace.web.verbs import verb

from .derivation import EDITION
from .importer import hold_import, link_known
from .report import TenderReport
from .writing import NoticeUpdate, TenderWriter

if TYPE_CHECKING:
    from marketplace.accounts.models import User

BATCH = 500


@verb
def rederive_tenders(*, by: User | None, limit: int = BATCH) -> int:
    """Derive at most `limit` notices of an older edition again; how many there were. Safe to repeat.

    What a version did not keep when it came (lots, before there were any) only its file can bring: import it again.
    """
    hold_import()
    outdated = Tender.objects.filter(derivation__lt=EDITION, versions__isnull=False).distinct()
    pks = list(outdated.order_by("pk").values_list("pk", flat=True)[:limit])
    tenders = Tender.objects.filter(pk__in=pks).order_by("pk").select_for_update()
    writer = TenderWriter(file_name="", report=TenderReport())
    writer.write_states([NoticeUpdate(tender, is_new=False) for tender in tenders])
    if pks:
        link_known(by=by)
    return len(pks)
