"""The base of every form of a supplier's fields, whoever edits, and fields that read as kindly as an import's cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Model

from suppliers.cells import CellError, parse_integer, parse_neq, parse_price
from suppliers.columns import ORGANISATION_FIELDS, SUPPLIER_FIELDS


def text_input(css: str = "", **attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": f"inp {css}".strip(), **attrs})


class CellField(forms.CharField):
    """Reads like the cell of a listing: the same forgiveness, the same sentences. `parse` is of `cells`."""

    def __init__(self, parse: Callable[[str, str], Any], **kwargs: Any) -> None:
        empty = None if parse in (parse_integer, parse_neq, parse_price) else ""
        super().__init__(**{"max_length": 300, "required": False, "empty_value": empty, **kwargs})
        self.parse = parse

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text == self.empty_value:
            return text
        if self.parse in (parse_integer, parse_price):  # « 60,000 » as English writes it
            text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
        try:
            return self.parse("", text)
        except CellError as error:
            raise forms.ValidationError(error.message) from error


class SupplierFieldsForm(forms.Form):
    """A form of some of a supplier's fields. What is good may be kept even where the rest is not."""

    @property
    def values(self) -> dict[str, Any]:
        """What was cleaned, by column, for the verbs of `editing`."""
        said = {column_of(name): value for name, value in self.cleaned_data.items()}
        return {
            name: said[name].pk if isinstance(said[name], Model) else said[name]
            for name in (*ORGANISATION_FIELDS, *SUPPLIER_FIELDS)
            if name in said
        }


def column_of(field: str) -> str:
    """`mrc` is kept in `mrc_id`."""
    return f"{field}_id" if field in ("municipality", "mrc", "region", "sector", "pole") else field
