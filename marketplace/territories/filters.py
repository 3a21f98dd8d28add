"""The filter of lists by region."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.web.filters import ParameterFilter, key_of

from .labels import region_label, region_names


class RegionFilter(ParameterFilter):
    """Administrative regions by their code (`region=04`), shown by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            french="region",
            label=_("région"),
            read=key_of(region_names),
            chip=_("Région"),
            value_label=region_label,
            **kwargs,
        )
