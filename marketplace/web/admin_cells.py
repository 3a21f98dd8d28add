"""Cells and search of the back room's lists: states, dates and numbers as the look writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from marketplace.web import typography
from marketplace.web.folding import fold


def badge(kind: str, text: object) -> SafeString:
    """A state: tint, shape and word. `kind` is ok, wait, no, info or plain."""
    return render_to_string("web/_badge.html", {"kind": kind, "text": text})


def day(value: date | datetime | None) -> SafeString:
    return (
        format_html('<span class="nowrap">{}</span>', typography.format_day_short(value))
        if value
        else SafeString("–")
    )


def moment(value: datetime | None) -> SafeString:
    return (
        format_html('<span class="nowrap">{}</span>', typography.format_moment(value))
        if value
        else SafeString("–")
    )


def named(name: object, neq: str | None) -> SafeString:
    """A name, its NEQ under it."""
    if not neq:
        return format_html("<b>{}</b>", name)
    return format_html(
        '<b>{}</b><br><span class="small muted code">{}</span>', name, typography.format_neq(neq)
    )


def folded(column: str) -> Func:
    """The expression that the trigram indexes hold."""
    return Func(F(column), function="f_fold", output_field=TextField())


def find(
    rows: QuerySet[Any], words: str, *, columns: Sequence[str], neq: str = "", digits: int = 3
) -> QuerySet[Any]:
    """Rows where every word stands in one of the columns, accents and capitals aside; or whose NEQ starts so.

    « 1167 403 218 » is one number, however it is spaced. `neq` may be any column of digits, asked from `digits` on.
    """
    needles = fold(words).split()[:8]
    if not needles:
        return rows.none() if words.strip() else rows
    rows = rows.alias(**{f"folded_{i}": folded(column) for i, column in enumerate(columns)})
    everywhere = Q()
    for needle in needles:
        anywhere = Q()
        for i in range(len(columns)):
            anywhere |= Q(**{f"folded_{i}__contains": needle})
        everywhere &= anywhere
    number = "".join(needles)
    if neq and number.isdigit() and len(number) >= digits:
        everywhere |= Q(**{f"{neq}__startswith": number})
    return rows.filter(everywhere)
