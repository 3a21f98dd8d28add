"""Registrations that were begun and never sent: their people are reminded once, then the supplier goes.

Idle: nobody has written on the supplier, and none of its people has signed in, for `KEEP_ABANDONED_MONTHS`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import DateTimeField, Exists, Max, OuterRef, ProtectedError, Q, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from marketplace.accounts.members import members_of, record_membership
from marketplace.accounts.models import (
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    PersonalDataRead,
    Side,
)
from marketplace.accounts.retention import BATCH, months_ago, remove_row
from marketplace.accounts.security.models import Kind, SecurityEvent
from marketplace.outbox.models import Message
from marketplace.web.private_files import PrivateFile, delete_private_file
from marketplace.web.verbs import verb
from suppliers.emails import REGISTRATION_LAPSING, send_registration_lapsing
from suppliers.models import Decision, Registration, Status, Supplier

#: What an organisation of a registration has by itself; anything else keeps it.
ITS_OWN = (Supplier, Membership, Invitation, JoinRequest, PersonalDataRead, SecurityEvent)

log = structlog.get_logger("retention")


def unfinished_registrations(before: datetime) -> QuerySet[Supplier]:
    """Begun by a person, never sent, and idle since before; each with `idle_since`."""
    begun = Registration.objects.filter(supplier=OuterRef("pk"), declared_at__isnull=True)
    sent = Decision.objects.filter(supplier=OuterRef("pk")).exclude(to_status=Status.DRAFT)
    written = Coalesce("curated_at", "created_at", output_field=DateTimeField())
    seen = Max("organisation__memberships__user__last_login")
    return (
        Supplier.objects.filter(Exists(begun), ~Exists(sent), status=Status.DRAFT)
        .annotate(idle_since=Greatest(written, Coalesce(seen, written)))
        .filter(idle_since__lt=before)
        .select_related("organisation")
        .order_by("pk")
    )


@verb
def remind_unfinished_registrations(*, by: None) -> int:
    """Tell the people of a supplier that it will go, once for each idle time; how many mails."""
    notice = timedelta(days=settings.WARN_DAYS_BEFORE_FORGETTING)
    nearly = unfinished_registrations(months_ago(settings.KEEP_ABANDONED_MONTHS) + notice)
    until = timezone.now() + notice
    return sum(
        send_registration_lapsing(supplier=supplier, until=until, version=_version(supplier))
        for supplier in nearly[:BATCH]
    )


def forget_unfinished_registrations(*, by: None) -> int:
    """Take away what was idle for too long and announced `WARN_DAYS_BEFORE_FORGETTING` days ago; how many.

    Each in a transaction of its own: one that something holds does not keep the others.
    """
    gone = 0
    for supplier in unfinished_registrations(months_ago(settings.KEEP_ABANDONED_MONTHS))[:BATCH]:
        if not _was_told_in_time(supplier):
            continue
        try:
            _remove(supplier=supplier, by=None)
            gone += 1
        except ProtectedError:
            log.warning("unfinished_registration_is_held", supplier=supplier.pk)
    return gone


def _version(supplier: Supplier) -> str:
    """An idle time is told by its beginning: whoever comes back, and leaves again, is reminded again."""
    since: datetime = supplier.idle_since  # annotated by `unfinished_registrations`
    return since.isoformat()


def _was_told_in_time(supplier: Supplier) -> bool:
    """Nobody is left to tell, or the first mail of this idle time left long enough ago."""
    if not members_of(supplier.organisation).exists():
        return True
    told = Message.objects.filter(
        kind=REGISTRATION_LAPSING.kind, subject=f"supplier:{supplier.pk}", version=_version(supplier)
    )
    return told.filter(
        created_at__lte=timezone.now() - timedelta(days=settings.WARN_DAYS_BEFORE_FORGETTING)
    ).exists()


@verb
def _remove(*, supplier: Supplier, by: None) -> None:
    """The supplier, its answers, files, contacts and history; its own organisation too where nothing else is known."""
    held = Supplier.objects.select_for_update(of=("self",)).get(pk=supplier.pk)
    if held.status != Status.DRAFT or held.curated_at != supplier.curated_at:
        return  # someone has come back this very minute
    organisation = Organisation.objects.get(pk=held.organisation_id)
    claims = organisation.join_requests.filter(side=Side.SELLING)
    files = list(
        PrivateFile.objects.filter(
            Q(pk__in=held.evidence.values("file"))
            | Q(pk__in=held.pictures.values("file"))
            | Q(pk__in=held.pictures.values("small"))
            | Q(pk__in=claims.filter(evidence__isnull=False).values("evidence"))
        )
    )
    for row in (*claims, held):
        remove_row(row)
    for file in files:
        delete_private_file(file=file, by=None)
    if organisation.neq:  # only its members begin a registration on a known one
        return
    if not _is_known_otherwise(organisation):
        remove_row(organisation)
    elif not hasattr(organisation, "buyer"):  # nobody has verified that its people act for it
        for place in organisation.memberships.all():
            record_membership(Kind.MEMBER_REMOVED, place, None)
            remove_row(place)


def _is_known_otherwise(organisation: Organisation) -> bool:
    for relation in Organisation._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or hasattr(relation.related_model, "pgh_tracked_model"):
            continue
        if relation.related_model in ITS_OWN:
            continue
        if relation.related_model._default_manager.filter(
            **{relation.field.attname: organisation.pk}
        ).exists():
            return True
    return False
