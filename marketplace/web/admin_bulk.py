"""Bulk actions: a second page says what will happen, then each row is decided on its own and told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import ngettext

from marketplace.web.errors import Refused
from marketplace.web.spreadsheets import csv_lines

#: More than this in one request would keep a person waiting without a word.
LIMIT = 500
SHOWN = 50
NAMED = 8


def posted(request: HttpRequest) -> Any:
    """What the second page sent; None while it has not been shown."""
    return request.POST if "confirmed" in request.POST else None


def run(
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
    if (count := rows.count()) > LIMIT:
        messages.warning(request, too_many % {"limit": LIMIT})
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


def csv_file(table: Iterable[Any], *, name: str, day: date) -> HttpResponse:
    """A table, streamed; a cell that a spreadsheet would compute is neutralised."""
    response = StreamingHttpResponse(csv_lines(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.csv"'
    return response  # type: ignore[return-value]  # Django takes any response from an action
