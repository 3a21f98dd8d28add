"""The lists that can be searched and saved: how an address is read again, what answers it, what of that is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from buyers.filters import ALL, TenderFilterSet
from buyers.models import Tender, announced_condition
from buyers.ocds.importer import NOTICES
from marketplace.matching.saved_searches.models import SavedSearch
from marketplace.matching.slots import HOME, MONDAY, MORNING
from marketplace.outbox.models import Mention
from marketplace.web.filters import ListFilterSet
from suppliers.directory_columns import DIRECTORY
from suppliers.filters import DirectoryPageFilterSet
from suppliers.models import Supplier

LONGEST_QUERY = 2_000
#: An edit may reach the directory at night only: what changed a day before the last look may be new all the same.
SLACK = timedelta(days=1)
LONGEST_IMPORT = timedelta(minutes=15)


class Asked:
    """What a saved address means now. Each part is read when it is asked for: a list of searches needs few of them."""

    def __init__(self, source: Source, query: str) -> None:
        self.source = source
        self.filters = source.filter_set(QueryDict(query[:LONGEST_QUERY]), source.every_row(), is_french=True)

    @cached_property
    def faults(self) -> tuple[str, ...]:
        """What of it is not understood any more, in sentences."""
        return tuple(self.filters.messages) + self.source.more_faults(self.filters)

    @cached_property
    def query(self) -> str:
        """The same question, as its list's address asks it today."""
        address = self.filters.address(**dict.fromkeys(self.source.left_out))
        return address.partition("?")[2]

    @cached_property
    def parts(self) -> list[tuple[str, str]]:
        """(« Région », « 04 Mauricie »); the text has no label."""
        self.filters.form.is_valid()  # cleans
        found = []
        for name, one in self.filters.filters.items():
            value = self.filters.form.cleaned_data.get(name)
            for said in value if isinstance(value, tuple) else (value,):
                if said and name not in self.source.left_out:
                    found.append((str(one.chip), one.value_label(said) if one.chip else str(said)))
        return found

    @property
    def words(self) -> str:
        """« traiteur », Livraison : Mauricie; empty where all of the list is asked."""
        said = [
            _("%(label)s\u00a0: %(value)s") % {"label": label, "value": value}
            if label
            else _("«\u00a0%(title)s\u00a0»") % {"title": value}
            for label, value in self.parts
        ]
        return ", ".join(said)


class Source:
    """One list. `word` names it in an address; `version_of` is the name of its versions (`web.list_versions`)."""

    of: str
    word: str
    version_of: str
    filter_set: type[ListFilterSet]
    left_out: tuple[str, ...]  # filters that say how a list is shown, or that no news can meet

    def ask(self, query: str) -> Asked:
        return Asked(self, query)

    def every_row(self) -> QuerySet[Any] | None:
        """What the filters start from; the directory has columns of its own."""
        return None

    def more_faults(self, filters: Any) -> tuple[str, ...]:
        return ()

    def list_address(self, query: str) -> str:
        page = reverse(self.filter_set.list_address)
        return f"{page}?{query}" if query else page


class SupplierSource(Source):
    of, word, version_of = SavedSearch.Of.SUPPLIERS, "fournisseurs", DIRECTORY
    filter_set = DirectoryPageFilterSet
    left_out = ("ordering", "view", "place")

    def more_faults(self, filters: Any) -> tuple[str, ...]:
        return (filters.place_message,) if filters.place_message else ()

    def answers(self, asked: Asked) -> list[int]:
        """Whoever answers everything that is asked, near fits left out: the page shows those to fill itself."""
        return asked.filters.results().answers.whole_ids()

    def news(self, search: SavedSearch, asked: Asked) -> tuple[list[int], list[int]]:
        """(who is new, who answers). New: was not there at the last look, and has changed since: where only the
        search itself reads a word otherwise, nobody is news."""
        answers = self.answers(asked)
        before = set(search.seen)
        fresh = [pk for pk in answers if pk not in before]
        since = search.looked_until - SLACK
        changed = Supplier.objects.published().filter(pk__in=fresh)
        moved = changed.filter(updated_at__gte=since) | changed.filter(status_changed_at__gte=since)
        return list(moved.order_by("-status_changed_at", "pk").values_list("pk", flat=True)), answers

    def recent(self, asked: Asked, since: datetime) -> list[tuple[str, datetime]]:
        """(name, moment) of those published since, the latest first."""
        rows = Supplier.objects.published().filter(pk__in=self.answers(asked), status_changed_at__gte=since)
        return list(
            rows.order_by("-status_changed_at", "pk").values_list("organisation__name", "status_changed_at")
        )


class TenderSource(Source):
    of, word, version_of = SavedSearch.Of.TENDERS, "avis", NOTICES
    filter_set = TenderFilterSet
    left_out = ("status",)  # only open notices are news

    def every_row(self) -> QuerySet[Tender]:
        return Tender.objects.all()

    def rows(self, asked: Asked, *, open_only: bool = True) -> QuerySet[Tender]:
        filters = asked.filters
        filters.query["status"] = () if open_only else (ALL,)
        rows = filters.filter_queryset(self.every_row())
        return rows.filter(announced_condition()) if open_only else rows.exclude(method=Tender.Method.LIMITED)

    def news(self, search: SavedSearch, asked: Asked) -> list[Tender]:
        """Open notices that came since, and that no mail to this person has named; what closes first comes first."""
        told = Mention.objects.filter(recipient=search.user_id).values("notice")
        rows = self._lately(asked, search.since).exclude(ocid__in=told).exclude(pk__in=search.seen)
        return list(rows.select_related("buyer__organisation"))

    def answers(self, asked: Asked) -> list[int]:
        """Of the notices that `news` may read again, those that stand there already."""
        return list(self._lately(asked, timezone.now()).values_list("pk", flat=True))

    def _lately(self, asked: Asked, since: datetime) -> QuerySet[Tender]:
        """An import dates its notices before they can be read."""
        return self.rows(asked).filter(imported_at__gte=since - LONGEST_IMPORT)

    def recent(self, asked: Asked, since: datetime) -> list[tuple[str, datetime]]:
        rows = self.rows(asked, open_only=False).annotate(
            moment=Coalesce(F("published_at"), F("imported_at"))
        )
        rows = rows.filter(moment__gte=since, moment__lte=timezone.now()).order_by("-moment", "pk")
        return list(rows.values_list("title", "moment"))


SUPPLIERS, TENDERS = SupplierSource(), TenderSource()
SOURCES: dict[str, SupplierSource | TenderSource] = {one.of: one for one in (SUPPLIERS, TENDERS)}
BY_WORD: dict[str, SupplierSource | TenderSource] = {one.word: one for one in (SUPPLIERS, TENDERS)}


def proposed_name(asked: Asked) -> str:
    """What a search is called until its person says otherwise: what it asks."""
    text = ", ".join(value for _label, value in asked.parts[:3])
    return text[:80] or _("Tout ce qui est nouveau")


def count_mails(frequency: str, moments: Sequence[datetime]) -> int:
    """How many mails that many moments would have made, one however many fall together."""
    if frequency == SavedSearch.Frequency.INSTANT:
        mails, until = 0, None
        for moment in sorted(moments):
            if until is None or moment > until:
                mails, until = mails + 1, moment + GATHERED
        return mails
    days = set()
    for moment in moments:
        local = moment.astimezone(HOME)
        day = local.date() + timedelta(days=local.time() > MORNING)
        if frequency == SavedSearch.Frequency.WEEKLY:
            day += timedelta(days=(MONDAY - day.weekday()) % 7)
        days.add(day)
    return len(days)


GATHERED = timedelta(minutes=10)
