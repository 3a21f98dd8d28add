"""Law 25: what has served its purpose is forgotten, history included. Each room says of what, and for how long.

What stays is the proof: who asked, for which organisation, who decided and when. Every function may run twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, router
from django.db.models import Q, QuerySet
from django.db.models.deletion import Collector
from django.utils import timezone

from marketplace.accounts.models import Invitation, JoinRequest
from marketplace.web.verbs import verb

#: Rows that one night takes: what is left waits for the next one.
BATCH = 500


def months_ago(months: int) -> datetime:
    return timezone.now() - timedelta(days=round(months * 365.25 / 12))


def served(requests: QuerySet[Any], *, said: Iterable[str]) -> QuerySet[Any]:
    """Requests whose words (`said`, the names of columns) are to go: answered long ago, or taken back."""
    State = JoinRequest.State
    answered = Q(
        state__in=[State.ACCEPTED, State.REFUSED], decided_at__lt=months_ago(settings.KEEP_DECIDED_MONTHS)
    )
    taken_back = Q(state=State.WITHDRAWN, decided_at__lt=months_ago(settings.KEEP_ABANDONED_MONTHS))
    something = Q(*((f"{name}__gt", "") for name in said), _connector=Q.OR)
    return requests.filter(answered | taken_back).filter(something)


def blank(model: type[models.Model], *, pks: Iterable[Any], values: dict[str, Any]) -> None:
    """Write `values` over what stands in these rows, then over what their history remembers."""
    pks = list(pks)
    model._default_manager.filter(pk__in=pks).update(**values)
    for events in _histories(model):
        events.filter(pgh_obj_id__in=pks).update(**values)


def remove(row: models.Model) -> None:
    """Delete a row with all that hangs on it, and the history of each. Raises `ProtectedError` where something holds it."""
    tree = _Tree(using=router.db_for_write(type(row)), origin=row)
    tree.collect([row])
    gone = {model: [each.pk for each in rows] for model, rows in tree.data.items()}
    tree.delete()
    for model, pks in gone.items():
        for events in _histories(model):
            events.filter(pgh_obj_id__in=pks).delete()


def _histories(model: type[models.Model]) -> Iterator[QuerySet[Any]]:
    for event_model in set(getattr(model, "pgh_event_models", {}).values()):
        yield event_model.objects.all()


class _Tree(Collector):
    """Django's, that looks at each row instead of deleting unseen: their history goes too."""

    def can_fast_delete(self, *_args: Any, **_kwargs: Any) -> bool:
        return False


@verb
def forget_invitations(*, by: None) -> int:
    """Invitations that nobody accepted go; of accepted ones the address does. How many."""
    lapsed = Invitation.objects.filter(
        accepted_at__isnull=True, expires_at__lt=months_ago(settings.KEEP_INVITATIONS_MONTHS)
    )[:BATCH]
    rows = list(lapsed)
    for invitation in rows:
        remove(invitation)
    old = Invitation.objects.filter(accepted_at__lt=months_ago(settings.KEEP_DECIDED_MONTHS), email__gt="")
    pks = list(old.values_list("pk", flat=True)[:BATCH])
    blank(Invitation, pks=pks, values={"email": ""})
    return len(rows) + len(pks)
