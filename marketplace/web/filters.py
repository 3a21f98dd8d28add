"""Filters of lists, on django-filter: one `ListFilterSet` reads a page's address (in French) and the API's (in English).

Values of one parameter are alternatives. A value that means nothing is left out and said in `messages`, never an error.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_filters import Filter, FilterSet

from marketplace.web.site import site_page_url

MAX_TEXT = 200  # characters of a text that are read
MAX_VALUES = 40  # values of one parameter that are read; nobody ticks more, and an address stays one
SHOWN_OF_A_VALUE = 40  # characters of an unknown value that are said back

ReadValue = Callable[[str], Any]  # a clean value, or None for what means nothing


class ParameterField(forms.Field):
    """The values of one parameter, trimmed, without the NUL that PostgreSQL refuses; empty ones say nothing."""

    widget = forms.MultipleHiddenInput  # reads every value of a parameter

    def __init__(self, *, read: ReadValue, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read = read
        self.messages: list[str] = []

    def clean(self, value: Any) -> Any:
        raw = value if isinstance(value, list | tuple) else [value] if value is not None else []
        tidy = (" ".join(str(one).replace("\x00", " ").split()) for one in raw[:MAX_VALUES])
        return self.clean_values([one for one in tidy if one])

    def clean_values(self, values: list[str]) -> Any:
        """Every value that can be read, once each, in the order of the address."""
        kept: dict[Any, None] = {}
        for value in dict.fromkeys(values):
            clean = self.read(value)
            if clean is None:
                self.add_unknown(value)
            else:
                kept[clean] = None
        return tuple(kept)

    def add_unknown(self, value: str) -> None:
        shown = value if len(value) <= SHOWN_OF_A_VALUE else value[: SHOWN_OF_A_VALUE - 1] + "…"
        said = _("Le filtre « %(filter)s » ne connaît pas « %(value)s ». Il est ignoré.")
        self.messages.append(said % {"filter": self.label, "value": shown})


class OneValueField(ParameterField):
    """The last value; None where it means nothing."""

    def clean_values(self, values: list[str]) -> Any:
        return next(iter(super().clean_values(values[-1:])), None)


class TextField(ParameterField):
    """What is searched, cut where it is too long."""

    def clean_values(self, values: list[str]) -> str:
        text = " ".join(values[-1:])
        if len(text) <= MAX_TEXT:
            return text
        self.messages.append(_("Seuls les %(n)s premiers caractères sont cherchés.") % {"n": MAX_TEXT})
        return text[:MAX_TEXT].rstrip()


class ListForm(forms.Form):
    """Has no errors, only `messages`."""

    def clean(self) -> None:
        self.messages = [message for field in self.fields.values() for message in field.messages]


class ParameterFilter(Filter):
    """One parameter of a list: several values, any of which may hold.

    `french`: its name in a page's address; its name in the FilterSet is that of the API.
    `read`: what makes a clean value of a typed one. Or `words`: French word → value, for a closed list whose values
    pages and API name differently.
    `default`: what the list is filtered by where nothing is asked.
    `chip`: what stands before a value above the list; `value_label`: the value in words.
    """

    field_class = ParameterField
    is_multiple = True

    def __init__(
        self,
        *,
        french: str,
        label: Promise | str,
        read: ReadValue = str,
        words: Mapping[str, Any] | None = None,
        default: Any = None,
        chip: Promise | str = "",
        value_label: Callable[[Any], str] = str,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("lookup_expr", "in" if self.is_multiple else "exact")
        super().__init__(label=label, **kwargs)
        self.french, self.read, self.words = french, read, words
        self.default = default
        self.chip, self.value_label = chip, value_label

    def __deepcopy__(self, memo: dict[int, Any]) -> ParameterFilter:
        """Every FilterSet copies its filters. What they hold is never changed: a shallow copy, three times as fast."""
        shallow = copy.copy(self)
        shallow.method = self.method  # a method is looked up on the FilterSet of the copy
        return shallow

    @property
    def field(self) -> ParameterField:
        read = self.read
        if self.words:
            words = self.words if self.parent.is_french else {value: value for value in self.words.values()}
            read = words.get
        return self.field_class(read=read, label=self.label, required=False)

    def address_words(self, value: Any) -> list[str]:
        """The value as a page's address writes it."""
        words = {meaning: word for word, meaning in (self.words or {}).items()}
        values = value if isinstance(value, tuple) else (value,)
        return [word for one in values if one and (word := words.get(one, str(one)))]


class OneValueFilter(ParameterFilter):
    """The last value counts."""

    field_class = OneValueField
    is_multiple = False


class TextFilter(ParameterFilter):
    """Words to search."""

    field_class = TextField
    is_multiple = False


class ListFilterSet(FilterSet):
    """The filters of one list. `query` holds the clean values by name, `messages` what could not be followed."""

    filters: dict[str, ParameterFilter]
    base_filters: dict[str, ParameterFilter]
    list_address = ""  # name of the page's address
    saved_as = ""  # what the page that saves a search calls this list

    class Meta:
        form = ListForm

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        queryset: QuerySet[Any] | None = None,
        *,
        is_french: bool = False,
        **kwargs: Any,
    ) -> None:
        """`is_french`: `data` has the names and words of a page's address; else those of the API."""
        self.is_french = is_french
        data = QueryDict() if data is None else data
        if is_french:
            data = {name: _values(data, one.french) for name, one in self.base_filters.items()}
        super().__init__(data, queryset, **kwargs)
        self.is_bound = True

    @classmethod
    def address_names(cls) -> list[str]:
        """The parameters of a page's address."""
        return [*(one.french for one in cls.base_filters.values()), "page"]

    def get_form_class(self) -> type[ListForm]:
        """Messages name a filter as its reader wrote it: by its word on a page, by the parameter's name in the API."""
        form_class: type[ListForm] = super().get_form_class()
        if not self.is_french:
            for name, field in form_class.base_fields.items():
                field.label = name
        return form_class

    @cached_property
    def query(self) -> dict[str, Any]:
        self.form.is_valid()  # cleans
        return dict(self.form.cleaned_data)

    @property
    def messages(self) -> list[str]:
        self.form.is_valid()  # cleans
        found: list[str] = self.form.messages
        return found

    def filter_queryset(self, queryset: QuerySet[Any], *, without: str = "") -> QuerySet[Any]:
        """The rows that meet every filter; `without`: leave this one out, as its own counts want it."""
        for name, one in self.filters.items():
            if name != without:
                queryset = one.filter(queryset, self.query[name] or one.default)
        return queryset

    def rows_without(self, name: str) -> QuerySet[Any]:
        """The rows that meet every other filter: what counting the values of this one starts from."""
        return self.filter_queryset(self.queryset.all(), without=name)

    def address(self, *, page: int = 1, **changes: Any) -> str:
        """The list's address with these filters, always in the same order; `changes` replace values by name."""
        values = {**self.query, **changes}
        pairs = [
            (one.french, word)
            for name, one in self.filters.items()
            for word in one.address_words(values.get(name))
        ]
        if page > 1:
            pairs.append(("page", str(page)))
        return reverse(self.list_address) + ("?" + urlencode(pairs) if pairs else "")

    @property
    def saving_address(self) -> str:
        """Where this very search is saved, to hear of what is new in it; for who is signed in."""
        query = self.address().partition("?")[2]
        return f"{site_page_url('save_search')}?liste={self.saved_as}" + (f"&{query}" if query else "")

    def empty_address(self, *kept: str) -> str:
        """The list's address with no filter but those of these names."""
        return self.address(**{name: None for name in self.filters if name not in kept})

    def active_values(self, names: Iterable[str]) -> list[tuple[str, Any]]:
        """Name and value of everything that these filters ask."""
        found = []
        for name in names:
            value = self.query[name]
            found += [(name, one) for one in (value if isinstance(value, tuple) else (value,)) if one]
        return found

    def chips(self, names: Iterable[str]) -> list[dict[str, str]]:
        """The values that are asked, each with the address of the same list without it."""
        return [
            {
                "dimension": str(self.filters[name].chip),
                "label": self.filters[name].value_label(value),
                "url": self.address(**{name: self._less(name, value)}),
            }
            for name, value in self.active_values(names)
        ]

    def _less(self, name: str, value: Any) -> Any:
        now = self.query[name]
        return tuple(one for one in now if one != value) if isinstance(now, tuple) else None


def _values(data: Mapping[str, Any], name: str) -> Any:
    return data.getlist(name) if isinstance(data, QueryDict) else data.get(name)


def key_of(known: Callable[[], Mapping[str, Any]]) -> ReadValue:
    """Reads only what is a key of `known()`."""
    return lambda value: value if value in known() else None
