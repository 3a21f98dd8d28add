"""Decisions, to read. They are written by the verbs of `curation` and by nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import curation_q
from marketplace.web.admin import READ, ScopedAdmin
from marketplace.web.admin_history import HistoryLine
from marketplace.web.admin_lists import moment_cell, search_rows
from suppliers import states
from suppliers.models import Decision


def sentence(decision: Decision) -> str:
    """« Fiche publiée », « Fiche archivée : fiche en double »."""
    move = states.BY_VERB.get(decision.verb)
    done = str(move.done) if move else decision.verb
    if move is states.ARCHIVE and decision.reason:
        return f"{done}\u00a0: {decision.get_reason_display()}"
    return done


def note(decision: Decision) -> str:
    """The message, and who asked by telephone."""
    asked = ""
    if decision.channel == Decision.Channel.PHONE:
        asked = str(_("Par téléphone, au nom de %(who)s.")) % {"who": decision.on_behalf_of}
    return "\n".join(filter(None, [asked, decision.message]))


def as_line(decision: Decision) -> HistoryLine:
    return HistoryLine(
        at=decision.at,
        what=sentence(decision),
        who=str(decision.by) if decision.by else "",
        note=note(decision) or sentence(decision),
    )


@admin.register(Decision)
class DecisionAdmin(ScopedAdmin):
    staff_may = READ
    list_display = ["when", "supplier", "what", "by", "channel"]
    list_select_related = ["supplier__organisation", "by"]
    list_filter = ["channel"]
    search_fields = ["supplier__organisation__name"]
    fields = ["at", "supplier", "what", "message", "channel", "on_behalf_of", "by"]
    readonly_fields = ["at", "what"]

    def scope(self, rows: QuerySet[Decision], user: Any) -> QuerySet[Decision]:
        return rows.filter(curation_q(user, "supplier__organisation__"))

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        columns = ["supplier__organisation__name"]
        return search_rows(queryset, search_term, columns=columns, neq="supplier__organisation__neq"), False

    @admin.display(description=_("le"), ordering="at")
    def when(self, decision: Decision) -> SafeString:
        return moment_cell(decision.at)

    @admin.display(description=_("décision"))
    def what(self, decision: Decision) -> str:
        return sentence(decision)
