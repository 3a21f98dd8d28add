"""What people said to act for an institution, once it has served. That they asked, and who decided, stays."""

from __future__ import annotations

from buyers.models import Enrolment
from marketplace.accounts import retention
from marketplace.web.verbs import verb

SAID = ("title", "message", "email", "domain", "answer")


@verb
def forget_enrolments(*, by: None) -> int:
    served = retention.served(Enrolment.objects.all(), said=SAID)
    pks = list(served.values_list("pk", flat=True)[: retention.BATCH])
    retention.blank(Enrolment, pks=pks, values=dict.fromkeys(SAID, ""))
    return len(pks)
