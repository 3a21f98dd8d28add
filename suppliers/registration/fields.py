"""Fields that read what people write as kindly as a listing's cells are read."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from suppliers.importing import cells


def inp(css: str = "", **attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": f"inp {css}".strip(), **attrs})


class Cell(forms.CharField):
    """A field that reads like the cell of a listing: the same forgiveness, the same sentences."""

    def __init__(self, column: str, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 300, "required": False, **kwargs})
        self.column = column

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if self.column == "integer":  # « 60,000 » as English writes it
            text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text or "")
        try:
            return getattr(cells, self.column)(self.column, text or "")
        except cells.CellError as error:
            raise forms.ValidationError(error.message) from error
