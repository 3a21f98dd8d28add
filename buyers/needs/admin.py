"""Needs of the territory, to read and decide about; rules of purchase and social clauses, edited with their history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from buyers.models import AuthorisationRule, Clause, Need, ProcedureRule, Regime
from buyers.wording import need_badge
from marketplace.web.admin import FULL, READ, ColumnFilter, PlainForm, ScopedAdmin
from marketplace.web.admin_history import HistorySource
from marketplace.web.admin_lists import badge_cell, day_cell, search_rows


class StatusFilter(ColumnFilter):
    title = gettext_lazy("état")
    parameter_name = "etat"
    column = "status"
    offers = Need.Status.choices


@admin.register(Need)
class NeedAdmin(ScopedAdmin):
    header_links = [(45, gettext_lazy("Besoins"), "admin:buyers_need_changelist")]
    staff_may = READ
    list_display = ["title", "who", "state", "sent", "closes_at"]
    list_select_related = ["buyer__organisation"]
    list_filter = [StatusFilter, "method"]
    search_fields = ["title", "buyer__organisation__name"]
    search_help_text = gettext_lazy("Mots de l’objet, ou institution.")
    ordering = ["-submitted_at", "-pk"]
    fields = ["title", "buyer", "status", "method"]

    def scope(self, rows: QuerySet[Need], user: Any) -> QuerySet[Need]:
        return rows.curated_by(user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Need]:
        """A draft is its institution's own, for platform admins too."""
        return super().get_queryset(request).exclude(status=Need.Status.DRAFT)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Need], search_term: str
    ) -> tuple[QuerySet[Need], bool]:
        return search_rows(queryset, search_term, columns=["title", "buyer__organisation__name"]), False

    def history_sources(self, obj: Need) -> list[HistorySource]:
        """From the moment it was sent: what a draft said is its institution's own."""
        sent = [status for status in Need.Status.values if status != Need.Status.DRAFT]
        return [HistorySource(Need, {"pk": obj.pk, "status__in": sent})]

    @admin.display(description=gettext_lazy("acheteur"), ordering="buyer__organisation__name")
    def who(self, need: Need) -> str:
        return need.buyer.organisation.name

    @admin.display(description=gettext_lazy("état"), ordering="status")
    def state(self, need: Need) -> SafeString:
        badge = need_badge(need)
        return badge_cell(badge.kind, badge.word)

    @admin.display(description=gettext_lazy("envoyé le"), ordering="submitted_at")
    def sent(self, need: Need) -> SafeString:
        return day_cell(need.submitted_at)


class RuleForm(PlainForm):
    regimes = forms.MultipleChoiceField(
        label=gettext_lazy("Régimes"), choices=Regime.choices, widget=forms.CheckboxSelectMultiple
    )
    paths = forms.MultipleChoiceField(
        label=gettext_lazy("Modes"),
        choices=ProcedureRule.Path.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


@admin.register(ProcedureRule)
class ProcedureRuleAdmin(ScopedAdmin):
    header_links = [(46, gettext_lazy("Règles d’achat"), "admin:buyers_procedurerule_changelist")]
    shared = True
    staff_may = READ
    platform_may = FULL
    form = RuleForm
    list_display = ["label", "amounts", "state", "checked_on"]
    list_filter = ["in_force"]
    search_fields = ["label", "citation"]
    fields = [
        "label", "label_en", "confirm", "confirm_en", "regimes", "category", "supplier_form",
        ("amount_from", "amount_to"), "paths", "citation", "source_url", "in_force", ("valid_from", "valid_until"),
        "checked_on",
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("montants"), ordering="amount_from")
    def amounts(self, rule: ProcedureRule) -> str:
        return rule.amount_words

    @admin.display(description=gettext_lazy("vigueur"), ordering="in_force")
    def state(self, rule: ProcedureRule) -> SafeString:
        kinds = {"yes": "ok", "no": "no", "unknown": "wait"}
        return badge_cell(kinds[rule.in_force], rule.get_in_force_display())


@admin.register(AuthorisationRule)
class AuthorisationRuleAdmin(ScopedAdmin):
    header_links = [
        (48, gettext_lazy("Autorisations à détenir"), "admin:buyers_authorisationrule_changelist")
    ]
    shared = True
    staff_may = READ
    platform_may = FULL
    list_display = ["label", "category", "amount_from", "state", "checked_on"]
    list_filter = ["in_force"]
    search_fields = ["label", "citation"]
    fields = [
        "label", "label_en", "certification", "category", "amount_from", "citation", "citation_en", "source_url",
        "in_force", ("valid_from", "valid_until"), "checked_on",
    ]  # fmt: skip
    state = ProcedureRuleAdmin.state


@admin.register(Clause)
class ClauseAdmin(ScopedAdmin):
    header_links = [(47, gettext_lazy("Clauses sociales"), "admin:buyers_clause_changelist")]
    shared = True
    staff_may = READ
    platform_may = FULL
    list_display = ["title", "weight", "position", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["title", "text"]
    fields = [
        "title", "title_en", "text", "text_en", "weight", "example", "example_en", "words", "source", "position",
        "is_active",
    ]  # fmt: skip
