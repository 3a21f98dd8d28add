"""That exchanges exist, without a word of them; and the messages that a party reported, to read and to handle."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings.inquiries.parties import asker_name
from marketplace.dealings.inquiries.reporting import handle_report
from marketplace.dealings.models import InquiryRecipient, InquiryReport
from marketplace.web.admin import EDIT, READ, ScopedAdmin
from marketplace.web.admin_lists import badge_cell, day_cell, moment_cell, search_rows

STATES = {"sent": "wait", "answered": "ok", "declined": "plain", "unsent": "no"}


@admin.register(InquiryRecipient)
class InquiryRecipientAdmin(ScopedAdmin):
    """Parties, dates and states: what was written is the parties' alone."""

    header_links = [(55, _("Échanges"), "admin:dealings_inquiryrecipient_changelist")]
    staff_may = READ
    list_display = ["asked", "asker", "who", "badge", "answer_by", "reports_count"]
    list_display_links = ["asked"]
    list_select_related = ["inquiry__organisation", "inquiry__asked_by", "supplier__organisation"]
    list_filter = ["state"]
    search_fields = ["supplier__organisation__name"]
    fields = ["asker", "who", "badge", "reason", "asked", "answer_by", "opened_at", "answered_at", "reminded_at", "blocked_at", "reports_count"]  # fmt: skip
    readonly_fields = ["asker", "who", "badge", "asked", "answer_by", "reports_count"]
    ordering = ["-inquiry__asked_at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InquiryRecipient]:
        counted = (
            InquiryReport.objects.filter(recipient=OuterRef("pk"))
            .order_by()
            .values("recipient")
            .annotate(n=Count("pk"))
        )
        return super().get_queryset(request).annotate(reported=Subquery(counted.values("n")))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[InquiryRecipient], search_term: str
    ) -> tuple[QuerySet[InquiryRecipient], bool]:
        columns = ["supplier__organisation__name", "inquiry__organisation__name"]
        return search_rows(queryset, search_term, columns=columns), False

    @admin.display(description=_("demandée par"), ordering="inquiry__organisation__name")
    def asker(self, row: InquiryRecipient) -> str:
        return asker_name(row.inquiry)

    @admin.display(description=_("fournisseur"), ordering="supplier__organisation__name")
    def who(self, row: InquiryRecipient) -> SafeString:
        page = reverse("admin:suppliers_supplier_change", args=[row.supplier_id])
        return format_html('<a href="{}">{}</a>', page, row.supplier)

    @admin.display(description=_("état"), ordering="state")
    def badge(self, row: InquiryRecipient) -> SafeString:
        return badge_cell(STATES[row.state], row.get_state_display())

    @admin.display(description=_("envoyée le"), ordering="inquiry__asked_at")
    def asked(self, row: InquiryRecipient) -> SafeString:
        return moment_cell(row.inquiry.asked_at)

    @admin.display(description=_("réponse attendue le"), ordering="inquiry__answer_by")
    def answer_by(self, row: InquiryRecipient) -> SafeString:
        return day_cell(row.inquiry.answer_by)

    @admin.display(description=_("signalements"))
    def reports_count(self, row: InquiryRecipient) -> int:
        return getattr(row, "reported", None) or 0


@admin.register(InquiryReport)
class InquiryReportAdmin(ScopedAdmin):
    """The reported message, its two parties, and what the pôle makes of it."""

    header_links = [(56, _("Messages signalés"), "admin:dealings_inquiryreport_changelist")]
    staff_may = EDIT
    platform_may = EDIT
    list_display = ["reported", "parties", "side", "badge"]
    list_display_links = ["reported"]
    list_filter = ["outcome"]
    list_select_related = [
        "recipient__inquiry__organisation",
        "recipient__inquiry__asked_by",
        "recipient__supplier__organisation",
        "message",
    ]
    search_fields = ["recipient__supplier__organisation__name"]
    ordering = [F("handled_at").desc(nulls_first=True), "-at", "-pk"]
    fields = ["parties", "side", "reported", "why", "words", "outcome", "note", "handled_by", "handled_at"]
    readonly_fields = ["parties", "side", "reported", "why", "words", "handled_by", "handled_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[InquiryReport]:
        return super().get_queryset(request).select_related("handled_by", *self.list_select_related)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[InquiryReport], search_term: str
    ) -> tuple[QuerySet[InquiryReport], bool]:
        columns = ["recipient__supplier__organisation__name", "recipient__inquiry__organisation__name"]
        return search_rows(queryset, search_term, columns=columns), False

    def save_model(self, request: HttpRequest, obj: InquiryReport, form: Any, change: bool) -> None:
        handle_report(report=obj, outcome=obj.outcome, note=obj.note, by=signed_in_user(request))

    @admin.display(description=_("signalé le"), ordering="at")
    def reported(self, row: InquiryReport) -> SafeString:
        return moment_cell(row.at)

    @admin.display(description=_("entre"))
    def parties(self, row: InquiryReport) -> str:
        return _("%(asker)s et %(supplier)s") % {
            "asker": asker_name(row.recipient.inquiry),
            "supplier": row.recipient.supplier,
        }

    @admin.display(description=_("message"))
    def words(self, row: InquiryReport) -> str:
        """What was reported, and nothing else of the exchange."""
        if row.message is not None:
            return row.message.whole or row.message.body
        inquiry = row.recipient.inquiry
        return f"{inquiry.subject}\n\n{inquiry.body}"

    @admin.display(description=_("suite"), ordering="outcome")
    def badge(self, row: InquiryReport) -> SafeString:
        kinds = {"": "wait", "dismissed": "plain", "warned": "ok", "blocked": "no"}
        return badge_cell(kinds[row.outcome], row.get_outcome_display())
