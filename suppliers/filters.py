"""The directory's filters: what an address asks, as a `DirectoryQuery`. Those of facets derive from `facets.FACETS`."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from marketplace.classification.filters import OfferFilter
from marketplace.territories.labels import mrcs_by_code, region_names, territory_label
from marketplace.territories.typed_places import PlaceChoice, is_anywhere, read_place
from marketplace.web.filters import ListFilterSet, OneValueFilter, ParameterFilter, TextFilter

from .directory import DirectoryIds, DirectoryQuery, DirectoryResults
from .facets import FACETS
from .models import Supplier


def read_served_place(value: str) -> str | None:
    known = region_names() if value[:1] == "R" else mrcs_by_code()
    return value if value.removeprefix("R") in known else None


class DirectoryFilterSet(ListFilterSet):
    """The directory's questions. `results` runs them; what has no facet is declared here."""

    list_address = "suppliers:directory"

    q = TextFilter(
        french="q",
        label=lazy("recherche"),
        help_text="What, where, how many, in French or English, as one would say it; a code; a name; a NEQ or its beginning.",
    )
    offer = OfferFilter(
        help_text="UNSPSC code, two to eight digits; matches what is under it.",
    )
    serves = ParameterFilter(
        french="territoire",
        label=lazy("territoire"),
        read=read_served_place,
        chip=lazy("Livraison"),
        value_label=territory_label,
        help_text="Delivers to this MRC (`371`) or region (`R04`).",
    )
    ordering = OneValueFilter(
        french="tri",
        label=pgettext_lazy("ordre des résultats", "tri"),
        words={
            "pertinence": "relevance",
            "nom": "name",
            "recent": "recent",
            "capacite": "capacity",
            "distance": "distance",
        },
        help_text="relevance, name, recent, capacity, or distance from the place that the text or `serves` names.",
    )

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        """The declared filters, with those of the facets before the order."""
        declared = super().get_filters()
        facets = {
            facet.name: ParameterFilter(
                french=facet.french,
                label=facet.label,
                read=facet.read_value,
                chip=facet.chip,
                value_label=facet.value_label,
                help_text=facet.help_text,
            )
            for facet in FACETS
        }
        first = {name: declared[name] for name in ("q", "offer", "serves")}
        return first | facets | declared

    def __init__(self, data: Any = None, queryset: Any = None, **kwargs: Any) -> None:
        super().__init__(data, Supplier.objects.none() if queryset is None else queryset, **kwargs)

    @cached_property
    def directory_query(self) -> DirectoryQuery:
        return DirectoryQuery(
            text=self.query["q"],
            offers=self.query["offer"],
            serves=self.query["serves"],
            facets={facet.name: values for facet in FACETS if (values := self.query[facet.name])},
            order=self.query["ordering"] or "",
        )

    def results(self, *, start: int = 0, size: int = 0) -> DirectoryResults:
        """The suppliers that answer, from the directory's own tables; see `DirectoryResults` for `start` and `size`."""
        return DirectoryResults(self.directory_query, start=start, size=size)

    @cached_property
    def qs(self) -> DirectoryResults:
        """What django-filter's backend hands to the paginator of the API, which shows more of each than a row has."""
        results = DirectoryIds(self.directory_query)
        if results.found.message:
            self.messages.append(results.found.message)
        return results


class DirectoryPageFilterSet(DirectoryFilterSet):
    """The page's filters: also a place as people type it, and whether the answers show as a list or on a map.

    A place that is understood becomes `serves`, and the address says `territoire=`; any other stays in `query["place"]`.
    """

    saved_as = "fournisseurs"

    place = TextFilter(french="ou", label=lazy("lieu"), help_text="Pages only.")

    view = OneValueFilter(
        french="vue",
        label=lazy("vue"),
        words={"liste": "", "carte": "map"},  # a list goes without saying
        help_text="Pages only.",
    )

    @cached_property
    def query(self) -> dict[str, Any]:
        query: dict[str, Any] = super().query
        choices = self.place_choices
        if len(choices) == 1:
            query["serves"] = tuple(dict.fromkeys((choices[0].token, *query["serves"])))
        if len(choices) == 1 or is_anywhere(query["place"]):
            query["place"] = ""
        return query

    @cached_property
    def place_choices(self) -> list[PlaceChoice]:
        """What the typed place may mean: none where nothing was typed, or nothing is known by that name."""
        self.form.is_valid()  # cleans
        return read_place(self.form.cleaned_data["place"])

    @property
    def place_message(self) -> str:
        """Why the typed place could not be followed; empty where it was."""
        if not (typed := self.query["place"]):
            return ""
        if self.place_choices:
            return _("«\u00a0%(place)s\u00a0» peut désigner plusieurs lieux. Lequel?") % {"place": typed}
        return _(
            "Aucun lieu du Québec ne s’appelle «\u00a0%(place)s\u00a0». Écrivez une municipalité, une MRC, une région ou"
            " un code postal."
        ) % {"place": typed}
