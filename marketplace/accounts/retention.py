"""Law 25: what has served its purpose is forgotten, history included. Each app says of what, and for how long.

What stays is the proof: who asked, for which organisation, who decided and when. Every function may run twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models, router
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.deletion import Collector
from django.utils import timezone

from marketplace.accounts.models import Invitation, JoinRequest, Membership, PolePost, User
from marketplace.accounts.personal_data import erase_personal_data
from marketplace.web.verbs import verb

#: Rows that one night takes: what is left waits for the next one.
BATCH = 500


def months_ago(months: int) -> datetime:
    return timezone.now() - timedelta(days=round(months * 365.25 / 12))


def served_requests(requests: QuerySet[Any], *, said: Iterable[str]) -> QuerySet[Any]:
    """Requests whose words (`said`, the names of columns) are to go: answered long ago, or taken back."""
    State = JoinRequest.State
    answered = Q(
        state__in=[State.ACCEPTED, State.REFUSED], decided_at__lt=months_ago(settings.KEEP_DECIDED_MONTHS)
    )
    taken_back = Q(state=State.WITHDRAWN, decided_at__lt=months_ago(settings.KEEP_ABANDONED_MONTHS))
    something = Q(*((f"{name}__gt", "") for name in said), _connector=Q.OR)
    return requests.filter(answered | taken_back).filter(something)


def blank_rows(model: type[models.Model], *, pks: Iterable[Any], values: dict[str, Any]) -> None:
    """Write `values` over what stands in these rows, then over what their history remembers."""
    pks = list(pks)
    model._default_manager.filter(pk__in=pks).update(**values)
    for events in _histories(model):
        events.filter(pgh_obj_id__in=pks).update(**values)


def remove_row(row: models.Model) -> None:
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
        remove_row(invitation)
    old = Invitation.objects.filter(accepted_at__lt=months_ago(settings.KEEP_DECIDED_MONTHS), email__gt="")
    pks = list(old.values_list("pk", flat=True)[:BATCH])
    blank_rows(Invitation, pks=pks, values={"email": ""})
    return len(rows) + len(pks)


# -- accounts and addresses that nobody ever confirmed ----------------------------------------------------------------


KEPT_FOR = timedelta(days=7)  # the link lasts three days; a second one may have been asked for


def unproved_accounts() -> QuerySet[User]:
    """Opened at the sign-up page, never confirmed, never entered, and of nobody's team."""
    proved = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    given = EmailAddress.objects.filter(user=OuterRef("pk"), verified=False)
    return User.objects.filter(
        Exists(given),
        ~Exists(proved),
        ~Exists(Membership.objects.filter(user=OuterRef("pk"))),
        ~Exists(PolePost.objects.filter(user=OuterRef("pk"))),
        last_login__isnull=True,
        is_superuser=False,
    )


@verb
def release_unproved_address(*, address: str, to: User | None, by: User | None) -> None:
    """Someone proves an address: an unproved account that holds it goes, or it would bar them for ever."""
    for account in unproved_accounts().filter(email__iexact=address).exclude(pk=to.pk if to else 0):
        erase_personal_data(user=account, by=None)


@verb
def forget_unproved_accounts(*, by: User | None) -> int:
    """Erase what was never confirmed within `KEPT_FOR`, and second addresses that were not either. How many."""
    before = timezone.now() - KEPT_FOR
    old = list(unproved_accounts().filter(date_joined__lt=before)[:500])
    for account in old:
        erase_personal_data(user=account, by=None)
    return len(old)
