"""« Ma sélection », ready for its template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import User
from marketplace.dealings.models import Shortlist, ShortlistEntry
from marketplace.web.typography import format_number
from suppliers.verification import Verification, verification_of
from suppliers.wording import capacity_text_short, in_town

from .comparison import MOST_COMPARED, withdrawn_sentence
from .current import CURRENT
from .searches import search_sentence

SHOWN = 30  # other selections beside the one that is read


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    entry: ShortlistEntry
    withdrawn: str
    verification: Verification | None
    facts: str
    found_by: str
    up: str = ""  # what its buttons post
    down: str = ""
    is_compared: bool = False


def selection_context(
    request: HttpRequest, shortlist: Shortlist, entries: Sequence[ShortlistEntry]
) -> dict[str, Any]:
    others, archived = _others(request, shortlist)
    return {
        "shortlist": shortlist,
        "lines": entry_lines(entries),
        "counts": counts_sentence(entries),
        "others": others,
        "in_use": _in_use(request, shortlist, others),
        "archived": archived,
        "most_compared": MOST_COMPARED,
        "list_query": f"?liste={shortlist.pk}" if shortlist.pk else "",
        "has_notes": any(entry.note for entry in entries),
        "shared_with": _("Partagée avec les membres de l’institution « %(name)s ».")
        % {"name": shortlist.organisation.name}
        if shortlist.organisation
        else "",
        "wide": True,
        "crumbs": [(_("Ma sélection"), "")],
    }


def _in_use(request: HttpRequest, shortlist: Shortlist, others: Sequence[Shortlist]) -> Shortlist | None:
    """Where « Retenir » puts what is kept, as `current_shortlists` orders them."""
    active = [one for one in (shortlist, *others) if one.pk and one.archived_at is None]
    chosen = next((one for one in active if one.pk == request.session.get(CURRENT)), None)
    return chosen or max(active, key=lambda one: (one.updated_at, one.pk), default=None)


def entry_lines(entries: Sequence[ShortlistEntry]) -> list[EntryLine]:
    comparable = [entry for entry in entries if entry.is_listed and not entry.is_aside][:MOST_COMPARED]
    lines = []
    for place, entry in enumerate(entries):
        before = entries[place - 1] if place else None
        after = entries[place + 1] if place + 1 < len(entries) else None
        lines.append(
            EntryLine(
                entry=entry,
                withdrawn=withdrawn_sentence(entry),
                verification=verification_of(entry.supplier) if entry.is_listed and entry.supplier else None,
                facts=" · ".join(_facts(entry)),
                found_by=search_sentence(entry.search),
                up=f"{entry.pk}-{before.pk}" if before else "",
                down=f"{after.pk}-{entry.pk}" if after else "",
                is_compared=entry in comparable,
            )
        )
    return lines


def _facts(entry: ShortlistEntry) -> list[str]:
    supplier = entry.supplier
    if supplier is None or not entry.is_listed:
        return []
    organisation = supplier.organisation
    town = organisation.municipality.name if organisation.municipality else organisation.town
    facts = [capfirst(f"{supplier.form_label} {in_town(town)}" if town else supplier.form_label)]
    if capacity := capacity_text_short(supplier.capacity or 0):
        facts.append(capacity)
    return facts


def counts_sentence(entries: Sequence[ShortlistEntry]) -> str:
    """« 3 fournisseurs retenus, 2 écartés »."""
    kept = sum(not entry.is_aside for entry in entries)
    aside = len(entries) - kept
    said = ngettext("%(n)s fournisseur retenu", "%(n)s fournisseurs retenus", kept) % {
        "n": format_number(kept)
    }
    if not aside:
        return said
    more = ngettext("%(n)s écarté", "%(n)s écartés", aside) % {"n": format_number(aside)}
    return f"{said}, {more}"


def _others(request: HttpRequest, shortlist: Shortlist) -> tuple[list[Shortlist], list[Shortlist]]:
    """The person's other selections, the latest first: those in use, and the archived ones. One query."""
    if not isinstance(request.user, User):
        return [], []
    rows = (
        Shortlist.objects.visible_to(request.user)
        .exclude(pk=shortlist.pk)
        .annotate(count=Count("entries"))
        .order_by("archived_at", "-updated_at", "-pk")
    )
    found = list(rows[: 4 * SHOWN])
    active = [one for one in found if one.archived_at is None]
    archived = [one for one in found if one.archived_at is not None]
    return active[:SHOWN], archived[::-1][:SHOWN]
