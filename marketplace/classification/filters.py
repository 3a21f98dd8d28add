"""The filter of lists by UNSPSC code."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.web.filters import ParameterFilter

from .codes import parse_code_prefix
from .labels import code_label


class OfferFilter(ParameterFilter):
    """UNSPSC prefixes of two to eight digits (`offre=7611`), shown as the code and its label."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            french="offre",
            label=_("offre"),
            read=parse_code_prefix,
            chip=_("Offre"),
            value_label=lambda prefix: f"{prefix.ljust(8, '0')} {code_label(prefix)}".strip(),
            **kwargs,
        )
