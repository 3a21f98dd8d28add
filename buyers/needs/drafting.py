"""How a need begins: from words, from an earlier need, from a notice of the institution's own; and how a draft goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Buyer, Need, Tender
from buyers.needs.lifecycle import check_written, lock_need, take_clauses
from buyers.permissions import can_act_for_buyer, can_manage_need
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.accounts.retention import remove_row
from marketplace.web.errors import WrongMove
from marketplace.web.private_files import delete_private_file
from marketplace.web.slugs import free_slug
from marketplace.web.verbs import verb

#: Words that are pages under /besoins/ in one language or the other.
RESERVED = frozenset(
    {"nouveau", "new", "mes-besoins", "my-needs", "d-apres-un-avis", "from-a-notice", "export"}
)
#: What a copy takes along: neither dates nor what came of it.
COPIED = (
    "title", "description", "method", "audience", "place", "municipality_id", "mrc_id", "region_id", "band",
    "estimated_amount", "unspsc", "is_sealed",
)  # fmt: skip


@verb
def draft_need(
    *, buyer: Buyer, values: Mapping[str, Any], by: User | None, copied_from: Need | None = None
) -> Need:
    """A need that nobody but its institution sees."""
    check_permission(can_act_for_buyer, by, buyer)
    check_written(values)
    slug = free_slug(
        str(values.get("title", "")), rows=Need.objects.all(), otherwise="besoin", reserved=RESERVED
    )
    return Need.objects.create(buyer=buyer, slug=slug, created_by=by, copied_from=copied_from, **values)


@verb
def copy_need(*, need: Need, by: User) -> Need:
    """A new draft that says the same, without dates and documents."""
    values = {name: getattr(need, name) for name in COPIED}
    made = draft_need(buyer=need.buyer, values=values | first_dates(), by=by, copied_from=need)
    take_clauses(made, [taken.clause for taken in need.clauses.select_related("clause")])
    return made


@verb
def copy_tender(*, tender: Tender, buyer: Buyer, by: User) -> Need:
    """A draft from a notice of the institution's own on SEAO."""
    values = {
        "title": tender.title[:200],
        "description": tender.description,
        "place": str(tender.mrc or tender.region or ""),
        "mrc_id": tender.mrc_id,
        "region_id": tender.region_id,
        "unspsc": tender.unspsc[:10],
    }
    return draft_need(buyer=buyer, values=values | first_dates(), by=by)


@verb
def delete_need_draft(*, need: Need, by: User) -> None:
    """What was never sent goes without a trace: its documents and its history too."""
    row = lock_need(need)
    check_permission(can_manage_need, by, row)
    if row.status != Need.Status.DRAFT:
        raise WrongMove(_("Ce besoin n’est plus un brouillon. Annulez-le, avec un motif."))
    files = [document.file for document in row.documents.select_related("file")]
    remove_row(row)
    for file in files:
        delete_private_file(file=file, by=by)


def first_dates() -> dict[str, datetime]:
    """What a draft begins with: two weeks to answer, the last five days of them without questions."""
    closes_on = timezone.localdate() + timedelta(days=15)
    return {
        "closes_at": timezone.make_aware(datetime.combine(closes_on, time(16))),
        "questions_until": timezone.make_aware(datetime.combine(closes_on - timedelta(days=5), time(16))),
    }
