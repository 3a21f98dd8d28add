"""Facts for machines (schema.org, JSON-LD), as text that may stand inside `<script type="application/ld+json">`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

# Inside a <script>, these could end it or open a comment: the same letters by their number.
_ESCAPES = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def json_ld(said: Mapping[str, Any]) -> SafeString:
    text = json.dumps({"@context": "https://schema.org", **known(said)}, ensure_ascii=False, default=_plain)
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 - what could end the element is escaped


def known(said: Mapping[str, Any]) -> dict[str, Any]:
    """Without what nobody has said."""
    return {name: value for name, value in said.items() if value not in (None, "", False, [], {})}


def _plain(value: Any) -> Any:
    """Moments and days as ISO 8601, amounts as numbers."""
    return value.isoformat() if hasattr(value, "isoformat") else float(value)
