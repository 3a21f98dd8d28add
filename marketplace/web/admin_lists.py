"""The admin's lists: cells as the look writes them, search, actions on many rows, tables that leave as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import DateField, DateTimeField, F, Func, Model, Q, QuerySet, TextField
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from marketplace.web import typography
from marketplace.web.errors import Refused
from marketplace.web.folding import fold_text
from marketplace.web.spreadsheets import csv_lines

#: More than this in one request would keep a person waiting without a word.
BULK_LIMIT = 500
SHOWN = 50
NAMED = 8


def badge_cell(kind: str, text: object) -> SafeString:
    """A state: tint, shape and word. `kind` is ok, wait, no, info or plain."""
    return render_to_string("web/_badge.html", {"kind": kind, "text": text})


def day_cell(value: date | datetime | None) -> SafeString:
    return (
        format_html('<span class="nowrap">{}</span>', typography.format_day_short(value))
        if value
        else SafeString("–")
    )


def moment_cell(value: datetime | None) -> SafeString:
    return (
        format_html('<span class="nowrap">{}</span>', typography.format_moment(value))
        if value
        else SafeString("–")
    )


def dated_columns(model: type[Model], columns: Iterable[Any]) -> list[Any]:
    """The columns of a list, its moments and days written as everywhere on the site rather than as Django writes them."""
    dates = {field.name for field in model._meta.concrete_fields if isinstance(field, DateField)}
    return [_dated_column(model, column) if column in dates else column for column in columns]


@cache  # Django compares the columns of a list with those that sort
def _dated_column(model: type[Model], name: str) -> Callable[[Any], SafeString]:
    field: Any = model._meta.get_field(name)
    cell: Callable[[Any], SafeString] = moment_cell if isinstance(field, DateTimeField) else day_cell

    @admin.display(description=field.verbose_name, ordering=name)
    def column(row: Any) -> SafeString:
        return cell(getattr(row, name))

    column.__name__ = name
    return column


def name_cell(name: object, neq: str | None) -> SafeString:
    """A name, its NEQ under it."""
    if not neq:
        return format_html("<b>{}</b>", name)
    return format_html(
        '<b>{}</b><br><span class="small muted code">{}</span>', name, typography.format_neq(neq)
    )


def folded_column(column: str) -> Func:
    """The expression that the trigram indexes hold."""
    return Func(F(column), function="f_fold", output_field=TextField())


def search_rows(
    rows: QuerySet[Any], words: str, *, columns: Sequence[str], neq: str = "", digits: int = 3
) -> QuerySet[Any]:
    """Rows where every word stands in one of the columns, accents and capitals aside; or whose NEQ starts so.

    « 1167 403 218 » is one number, however it is spaced. `neq` may be any column of digits, asked from `digits` on.
    """
    needles = fold_text(words).split()[:8]
    if not needles:
        return rows.none() if words.strip() else rows
    rows = rows.alias(**{f"folded_{i}": folded_column(column) for i, column in enumerate(columns)})
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


def confirmed_data(request: HttpRequest) -> Any:
    """What the second page sent; None while it has not been shown."""
    return request.POST if "confirmed" in request.POST else None


def run_bulk_action(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    form: forms.Form,
    template: str,
    title: str,
    button: str,
    consequence: str,
    too_many: str,
    decide: Callable[[Any, dict[str, Any]], Any],
    named: Callable[[Any], str],
    done: Callable[[list[Any]], str],
    counts_unnamed: bool = True,
) -> HttpResponse | None:
    """Show the second page; once it is posted, decide row by row and say what became of each.

    `too_many` says the limit (%(limit)s); `decide` calls the verb on a row with what was typed; `named` is how a
    refusal names a row; `done` says what became of those that were decided.
    """
    if (count := rows.count()) > BULK_LIMIT:
        messages.warning(request, too_many % {"limit": BULK_LIMIT})
        return None
    if form.is_bound and form.is_valid():
        accepted, refused = _decide(list(rows), form.cleaned_data, decide, named)
        if accepted:
            messages.success(request, done(accepted))
        if refused:
            messages.warning(request, _refusals(refused, counts_unnamed))
        return None
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "button": button,
        "consequence": consequence,
        "rows": rows[:SHOWN],
        "more": max(0, count - SHOWN),
        "count": count,
        "form": form,
        "opts": model_admin.opts,
        "list_url": reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist"),
        "action": request.POST.get("action", ""),
        "selected": [str(pk) for pk in rows.values_list("pk", flat=True)],
        "checkbox": helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, template, context)


def _decide(
    rows: list[Any],
    values: dict[str, Any],
    decide: Callable[[Any, dict[str, Any]], Any],
    named: Callable[[Any], str],
) -> tuple[list[Any], list[str]]:
    """Each row in its own transaction: one refusal undoes nothing else."""
    accepted: list[Any] = []
    refused: list[str] = []
    for row in rows:
        try:
            decide(row, values)
        except Refused as why:
            refused.append(f"{named(row)}\u00a0: {why}")
        else:
            accepted.append(row)
    return accepted, refused


def _refusals(refused: list[str], counts_unnamed: bool) -> str:
    listed = " ".join(refused[:NAMED])
    if counts_unnamed and (unnamed := len(refused) - NAMED) > 0:
        listed += " " + ngettext("Et %(n)s autre.", "Et %(n)s autres.", unnamed) % {"n": unnamed}
    sentence = ngettext("%(n)s refusée. %(why)s", "%(n)s refusées. %(why)s", len(refused))
    return sentence % {"n": len(refused), "why": listed}


def csv_response(table: Iterable[Any], *, name: str, day: date) -> HttpResponse:
    """A table, streamed; a cell that a spreadsheet would compute is neutralised."""
    response = StreamingHttpResponse(csv_lines(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.csv"'
    return response
