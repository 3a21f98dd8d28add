"""Law 25: a person's selections and what they kept, handed over on request. Their own go with the account; an institution's
stay, unnamed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.dealings.models import Shortlist, ShortlistEntry


def _export(user: User) -> dict[str, Any]:
    return {
        "own": [_as_json(one) for one in user.shortlists.prefetch_related("entries").order_by("pk")],
        "kept_for_institutions": [
            {
                "organisation": entry.shortlist.organisation.name,
                "shortlist": entry.shortlist.name,
                "supplier": entry.supplier_name,
                "search": entry.search,
                "added_at": entry.added_at.isoformat(),
            }
            for entry in ShortlistEntry.objects.filter(added_by=user, shortlist__organisation__isnull=False)
            .select_related("shortlist__organisation")
            .order_by("pk")
        ],
    }


def _as_json(shortlist: Shortlist) -> dict[str, Any]:
    return {
        "name": shortlist.name,
        "purpose": shortlist.purpose,
        "created_at": shortlist.created_at.isoformat(),
        "archived_at": shortlist.archived_at and shortlist.archived_at.isoformat(),
        "suppliers": [
            {
                "supplier": entry.supplier_name,
                "state": entry.state,
                "reason": entry.reason,
                "note": entry.note,
                "search": entry.search,
                "added_at": entry.added_at.isoformat(),
            }
            for entry in shortlist.entries.all()
        ],
    }


def _erase(user: User) -> None:
    user.shortlists.all().delete()
    Shortlist.objects.filter(created_by=user).update(created_by=None)
    ShortlistEntry.objects.filter(added_by=user).update(added_by=None)


register_personal_data("shortlists", export=_export, erase=_erase)

# Words between colleagues: no staff of a pôle looks into them, a platform admin does for a person who asks what is held.
register_people_columns(
    PeopleColumns("shortlists", Shortlist, ("name", "purpose"), gettext_lazy("texte d’une sélection"))
)
register_people_columns(
    PeopleColumns(
        "shortlist_entries",
        ShortlistEntry,
        ("reason", "note", "search"),
        gettext_lazy("note d’une sélection"),
    )
)
