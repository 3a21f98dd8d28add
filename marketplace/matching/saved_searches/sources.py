"""The directory as it is searched and saved: how an address is read again, what answers it, what of that is new."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from marketplace.matching.saved_searches.models import SavedSearch
from suppliers.directory_columns import DIRECTORY
from suppliers.filters import DirectoryPageFilterSet
from suppliers.models import Supplier

LONGEST_QUERY = 2_000
#: An edit may reach the directory at night only: what changed a day before the last look may be new all the same.
SLACK = timedelta(days=1)


class Asked:
    """What a saved address means now. Each part is read when it is asked for: a list of searches needs few of them."""

    def __init__(self, source: SupplierSource, query: str) -> None:
        self.source = source
        self.filters = source.filter_set(QueryDict(query[:LONGEST_QUERY]), None, is_french=True)

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


class SupplierSource:
    """The directory. `version_of` is the name of its versions (`web.list_versions`)."""

    word, version_of = "fournisseurs", DIRECTORY
    filter_set = DirectoryPageFilterSet
    left_out = ("ordering", "view", "place")  # filters that say how a list is shown, or that no news can meet

    def ask(self, query: str) -> Asked:
        return Asked(self, query)

    def list_address(self, query: str) -> str:
        page = reverse(self.filter_set.list_address)
        return f"{page}?{query}" if query else page

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


SUPPLIERS = SupplierSource()


def proposed_name(asked: Asked) -> str:
    """What a search is called until its person says otherwise: what it asks."""
    text = ", ".join(value for _label, value in asked.parts[:3])
    return text[:80] or _("Tout ce qui est nouveau")
