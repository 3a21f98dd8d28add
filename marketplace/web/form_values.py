"""The value of a form's field: as a browser posts it back, as one text to compare, as words to read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _

from marketplace.web.typography import format_day_short, format_moment

FIRST_YEAR, LAST_YEAR = 1800, 2199


def read_key(text: str) -> int:
    """A row's number as a form posts it; 0, which no row has, for anything else.

    `isdigit` and `int` differ: « ² » is a digit that `int` refuses, and 5,000 of them are too many for it.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def may_be_key(model: type[models.Model], value: Any) -> bool:
    """Whether the database could hold a row of the model with such a key: posted text may be anything."""
    key: Any = model._meta.pk
    field = getattr(key, "target_field", key)
    try:
        field.run_validators(field.to_python(value))
    except ValidationError:
        return False
    return True


def validate_year(day: date) -> None:
    """A validator of days and moments: a year within reach. The last moment of 9999 here is 10000 in UTC, which no row can
    be read back with, and one more day breaks a sum."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            _("Écrivez une année entre %(first)s et %(last)s.")
            % {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
        )


def as_posted(widget: forms.Widget, name: str, value: Any) -> dict[str, list[str]]:
    """What a browser posts for a field that nobody touched."""
    widget = getattr(widget, "widget", widget)  # the admin wraps those of relations
    if isinstance(widget, forms.MultiWidget):
        parts = value if isinstance(value, list) else widget.decompress(value)
        found: dict[str, list[str]] = {}
        for sub, suffix, part in zip(widget.widgets, widget.widgets_names, parts, strict=True):
            found |= as_posted(sub, name + suffix, part)
        return found
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"]} if widget.check_test(value) else {}
    shown = widget.format_value(value)
    if isinstance(shown, list | tuple):
        texts = [str(one) for one in shown if one not in (None, "")]
        return {name: texts if getattr(widget, "allow_multiple_selected", False) else texts or [""]}
    return {name: ["" if shown is None else str(shown)]}


def _raw_of(bound: forms.BoundField) -> Any:
    """The value of an unbound field as it would come back."""
    widget = bound.field.widget
    data = QueryDict(mutable=True)
    for name, texts in as_posted(widget, "f", bound.value()).items():
        data.setlist(name, texts)
    return widget.value_from_datadict(data, {}, "f")


def plain_shown(bound: forms.BoundField) -> str:
    return plain_text(_raw_of(bound))


def plain_text(value: Any) -> str:
    """One text for what is the same to a reader: line ends, the order of ticked boxes, blanks around."""
    if value is None or value is False:
        return ""
    if isinstance(value, list | tuple):
        return "\x1f".join(sorted(text for one in value if (text := plain_text(one))))
    return "\n".join(line.rstrip() for line in str(value).strip().splitlines())


def words_shown(bound: forms.BoundField) -> str:
    return words_posted(bound.field, _raw_of(bound))


def words_posted(asked: forms.Field, raw: Any) -> str:
    """A posted value as people read it."""
    if isinstance(asked, forms.BooleanField):
        return _("oui") if raw else _("non")
    texts = [str(one) for one in (raw if isinstance(raw, list | tuple) else [raw]) if one not in (None, "")]
    if not texts:
        return "–"
    if isinstance(asked, forms.ModelChoiceField | forms.ChoiceField):
        names = _names_of_choices(asked, texts)
        return ", ".join(names.get(text, text) for text in texts)
    if isinstance(asked, forms.DateField | forms.DateTimeField):
        try:
            value = asked.clean(raw)
        except ValidationError:
            return " ".join(texts)
        return format_moment(value) if isinstance(asked, forms.DateTimeField) else format_day_short(value)
    return " ".join(texts)


def _names_of_choices(asked: Any, texts: Sequence[str]) -> dict[str, str]:
    """Of rows that were not already read for the field, only the chosen ones are asked of the database."""
    if isinstance(asked, forms.ModelChoiceField) and not hasattr(asked, "_choices"):
        column = asked.to_field_name or "pk"
        try:
            rows = (
                list(asked.queryset.filter(**{f"{column}__in": texts})) if asked.queryset is not None else []
            )
        except (ValueError, ValidationError):
            return {}
        return {str(asked.prepare_value(row)): asked.label_from_instance(row) for row in rows}
    names: dict[str, str] = {}
    for value, label in asked.choices:
        for key, name in label if isinstance(label, list | tuple) else [(value, label)]:
            names[str(key)] = str(name)
    return names
