"""Selections of suppliers: keep, order, decide and note, name, archive. Every verb holds the selection's row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from django.db.models import Max
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.permissions import check_permission, is_member_of
from marketplace.dealings.models import Shortlist, ShortlistEntry
from marketplace.dealings.permissions import can_use_shortlist
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.typography import format_day
from marketplace.web.verbs import verb
from marketplace.web.versioned_forms import lock_row
from suppliers.models import Supplier

from .searches import search_title

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Suppliers in a selection, and selections of an institution or a person that are not archived.
MOST_ENTRIES, MOST_SHORTLISTS = 60, 100
LONGEST_NAME = 120


class Kept(Protocol):
    """What a visitor kept before having an account (`visitor_selection.KeptSupplier`)."""

    @property
    def supplier_id(self) -> int: ...
    @property
    def search(self) -> str: ...
    @property
    def at(self) -> datetime: ...


def buying_organisations(user: User) -> QuerySet[Organisation]:
    """The institutions that the person acts for, by name: whose selections a new one may be."""
    return Organisation.objects.filter(memberships__user=user, buyer__isnull=False).order_by("name", "pk")


@verb
def create_shortlist(
    *, name: str, by: User, purpose: str = "", organisation: Organisation | None = None
) -> Shortlist:
    """A selection of the institution, or of the person alone where none is given."""
    if organisation is not None and not is_member_of(by, organisation):
        raise NotAllowed(_("Seuls les membres de cette institution y créent une sélection."))
    owner = None if organisation else by
    lock_row(Organisation if organisation else User, (organisation or by).pk)
    name = _short_name(name)
    standing = Shortlist.objects.active().filter(organisation=organisation, owner=owner)
    just_now = timezone.now() - timedelta(minutes=1)
    if twin := standing.filter(name=name, created_by=by, created_at__gte=just_now, entries=None).first():
        return twin  # the button was pressed twice
    if standing.count() >= MOST_SHORTLISTS:
        raise WrongMove(
            _("Vous avez déjà %(n)s sélections. Archivez-en une avant d’en créer d’autres.")
            % {"n": MOST_SHORTLISTS}
        )
    return Shortlist.objects.create(
        name=name, purpose=purpose, organisation=organisation, owner=owner, created_by=by
    )


@verb
def describe_shortlist(*, shortlist: Shortlist, name: str, purpose: str, by: User) -> None:
    """Its name, and what is looked for."""
    _hold(shortlist, by)
    shortlist.name, shortlist.purpose = _short_name(name), purpose
    _touch(shortlist, "name", "purpose")


@verb
def archive_shortlist(*, shortlist: Shortlist, by: User) -> None:
    """Out of the way, with all that it says; a second time changes nothing."""
    _hold(shortlist, by)
    if shortlist.archived_at is None:
        shortlist.archived_at = timezone.now()
        _touch(shortlist, "archived_at")


@verb
def reopen_shortlist(*, shortlist: Shortlist, by: User) -> None:
    _hold(shortlist, by)
    shortlist.archived_at = None
    _touch(shortlist, "archived_at")


@verb
def keep_supplier(
    *, shortlist: Shortlist, supplier: Supplier, by: User, search: str = "", at: datetime | None = None
) -> ShortlistEntry:
    """Keep a published supplier, with the search that led to it. One that is there already stays as it is."""
    _hold(shortlist, by)
    known = shortlist.entries.filter(supplier=supplier).first()
    if known is not None:
        return known
    if shortlist.archived_at is not None:
        raise WrongMove(_("Cette sélection est archivée. Rouvrez-la avant d’y retenir un fournisseur."))
    if shortlist.entries.count() >= MOST_ENTRIES:
        raise WrongMove(
            _("Cette sélection compte déjà %(n)s fournisseurs. Retirez-en, ou créez une autre sélection.")
            % {"n": MOST_ENTRIES}
        )
    last = shortlist.entries.aggregate(last=Max("position"))["last"]
    entry = ShortlistEntry.objects.create(
        shortlist=shortlist,
        supplier=supplier,
        supplier_name=supplier.organisation.name,
        position=0 if last is None else last + 1,
        search=search,
        added_by=by,
        added_at=at or timezone.now(),
    )
    _touch(shortlist)
    return entry


@verb
def drop_supplier(*, entry: ShortlistEntry, by: User, with_words: bool = False) -> None:
    """Take a supplier out. `with_words`: also where a reason or a note is written, which goes with it."""
    _hold(entry.shortlist, by)
    entry.refresh_from_db(fields=["reason", "note"])
    if entry.has_words and not with_words:
        raise WrongMove(
            _("Vous avez écrit un motif ou une note pour « %(name)s ». Retirez ce fournisseur depuis la sélection.")
            % {"name": entry.supplier_name}
        )  # fmt: skip
    entry.delete()
    _touch(entry.shortlist)


@verb
def place_entry(*, entry: ShortlistEntry, before: ShortlistEntry | None, by: User) -> None:
    """Put an entry before another one, or last. A second time changes nothing, whoever moved what in between."""
    shortlist = entry.shortlist
    _hold(shortlist, by)
    rows = {row.pk: row for row in shortlist.entries.all()}
    order = [pk for pk in rows if pk != entry.pk]
    at = order.index(before.pk) if before is not None and before.pk in order else len(order)
    order.insert(at, entry.pk)
    for place, pk in enumerate(order):
        rows[pk].position = place
    ShortlistEntry.objects.bulk_update(rows.values(), ["position"])
    _touch(shortlist)


@verb
def decide_entry(*, entry: ShortlistEntry, state: str, reason: str, note: str, by: User) -> None:
    """Kept or set aside, why, and what colleagues should know."""
    _hold(entry.shortlist, by)
    entry.state, entry.reason, entry.note = state, reason, note
    entry.save(update_fields=["state", "reason", "note"])
    _touch(entry.shortlist)


@verb
def take_in_kept(*, kept: Sequence[Kept], by: User) -> Shortlist | None:
    """What someone kept before signing in becomes a selection of theirs: of their institution, where they have one.

    Where all of it stands in their latest selection already, that one.
    """
    suppliers = Supplier.objects.published().select_related("organisation")
    found = {supplier.pk: supplier for supplier in suppliers.filter(pk__in=[one.supplier_id for one in kept])}
    if not found:
        return None
    latest = Shortlist.objects.visible_to(by).active().order_by("-updated_at").first()
    if latest is not None and found.keys() <= set(latest.entries.values_list("supplier", flat=True)):
        return latest
    shortlist = create_shortlist(
        name=name_from_searches([one.search for one in kept]),
        organisation=buying_organisations(by).first(),
        by=by,
    )
    for one in kept:
        if supplier := found.get(one.supplier_id):
            keep_supplier(shortlist=shortlist, supplier=supplier, search=one.search, at=one.at, by=by)
    return shortlist


def name_from_searches(searches: Sequence[str]) -> str:
    """« Traiteur à Shawinigan », from the first search that has words; else the day."""
    titles = (capfirst(search_title(search)) for search in searches)
    return next(filter(None, titles), "") or _("Sélection du %(day)s") % {
        "day": format_day(timezone.localdate())
    }


def _short_name(name: str) -> str:
    return Truncator(" ".join(name.split())).chars(LONGEST_NAME)


def _hold(shortlist: Shortlist, by: User) -> None:
    """Two colleagues who act at the same moment wait for each other."""
    check_permission(
        can_use_shortlist,
        by,
        shortlist,
        sentence=_("Cette sélection est celle d’autres personnes. Rien n’a changé."),
    )
    list(Shortlist.objects.select_for_update().filter(pk=shortlist.pk).values_list("pk"))


def _touch(shortlist: Shortlist, *changed: str) -> None:
    shortlist.updated_at = timezone.now()
    shortlist.save(update_fields=[*changed, "updated_at"])
