"""Law 25: what a person began, declared and handed over; a draft of theirs alone goes with them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.personal_data import register_personal_data
from marketplace.accounts.retention import blank_rows
from marketplace.web.private_files import PrivateFile, delete_private_file
from suppliers.models import Contact, CustomerReference, EvidenceFile, Registration, Status


def export_registrations(user: User) -> list[dict[str, Any]]:
    mine = Registration.objects.filter(Q(started_by=user) | Q(declared_by=user))
    files: dict[int, list[str]] = {}
    handed = EvidenceFile.objects.filter(file__created_by=user).values_list("supplier", "file__name")
    for supplier, name in handed:
        files.setdefault(supplier, []).append(name)
    return [
        {
            "supplier": row.supplier.organisation.name,
            "neq": row.claimed_neq or row.supplier.organisation.neq,
            "started_at": row.started_at.isoformat() if row.started_by_id == user.pk else None,
            "declared_at": row.declared_at.isoformat()
            if row.declared_at and row.declared_by_id == user.pk
            else None,
            "declaration": row.declaration if row.declared_by_id == user.pk else "",
            "evidence": files.get(row.supplier_id, []),
        }
        for row in mine.select_related("supplier__organisation").order_by("started_at")
    ]


def erase_registrations(user: User) -> None:
    """A draft that was never sent and that nobody else holds has no one left: it goes, with its files and history.

    What was sent stays the enterprise's: only the names of who began and declared go, with the account.
    """
    alone = Organisation.objects.annotate(members=Count("memberships")).filter(
        members=1, memberships__user=user, buyer__isnull=True
    )
    drafts = Registration.objects.filter(
        supplier__organisation__in=list(alone),
        supplier__status=Status.DRAFT,
        declared_at__isnull=True,
        started_by=user,
    ).select_related("supplier__organisation")
    for draft in drafts:
        supplier = draft.supplier
        pictures = supplier.pictures.all()
        files = list(
            PrivateFile.objects.filter(
                Q(pk__in=supplier.evidence.all().values("file"))
                | Q(pk__in=pictures.values("file"))
                | Q(pk__in=pictures.values("small"))
            )
        )
        pk = supplier.pk
        supplier.organisation.delete()
        for file in files:
            delete_private_file(file=file, by=user)
        for event_model in set(Contact.pgh_event_models.values()):
            event_model.objects.filter(supplier_id=pk).delete()


def export_references(user: User) -> list[dict[str, Any]]:
    """The references that a person asked customers for; the customer's name and address are not theirs."""
    rows = CustomerReference.objects.filter(asked_by=user).select_related("supplier__organisation")
    return [
        {
            "supplier": row.supplier.organisation.name,
            "customer": row.customer,
            "what": row.what,
            "year": row.year,
            "state": row.state,
            "asked_at": row.asked_at.isoformat(),
        }
        for row in rows.order_by("pk")
    ]


def forget_who_asked(user: User) -> None:
    """The reference is the enterprise's; that this person asked for it goes, history included."""
    asked = list(CustomerReference.objects.filter(asked_by=user).values_list("pk", flat=True))
    blank_rows(CustomerReference, pks=asked, values={"asked_by": None})


register_personal_data("references", export=export_references, erase=forget_who_asked)
register_personal_data("registrations", export=export_registrations, erase=erase_registrations)
