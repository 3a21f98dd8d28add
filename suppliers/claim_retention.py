"""What people said to hold a sheet, and the file beside it, once it has served. That they asked, and who decided, stays."""

from __future__ import annotations

from marketplace.accounts import retention
from marketplace.web.private_files import PrivateFile, delete_private_file
from marketplace.web.verbs import verb
from suppliers.models import Claim

SAID = ("title", "phone", "message", "answer")


@verb
def forget_claims(*, by: None) -> int:
    served = retention.served(Claim.objects.all(), said=SAID)
    rows = dict(served.values_list("pk", "evidence")[: retention.BATCH])
    retention.blank(Claim, pks=rows, values={**dict.fromkeys(SAID, ""), "evidence": None})
    for file in PrivateFile.objects.filter(pk__in=[file for file in rows.values() if file]):
        delete_private_file(file=file, by=None)
    return len(rows)
