"""Buyers and notices of the territory, to read. A notice whose place is unknown shows everywhere, marked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buyers.feeds.admin import EnteredNoticeAdmin, FeedFileAdmin, NoticeSourceAdmin
from buyers.models import Award, Bidder, Buyer, Lot, Tender
from buyers.needs.admin import AuthorisationRuleAdmin, ClauseAdmin, NeedAdmin, ProcedureRuleAdmin
from buyers.wording import tender_badge
from marketplace.accounts.models import curation_q
from marketplace.classification.labels import code_label
from marketplace.territories.models import Mrc
from marketplace.web.admin import EDIT, READ, ScopedAdmin, ScopedTabularInline
from marketplace.web.admin_lists import (
    badge_cell,
    day_cell,
    folded_column,
    moment_cell,
    name_cell,
    search_rows,
)

__all__ = [
    "AuthorisationRuleAdmin",
    "ClauseAdmin",
    "EnteredNoticeAdmin",
    "FeedFileAdmin",
    "NeedAdmin",
    "NoticeSourceAdmin",
    "ProcedureRuleAdmin",
]


@admin.register(Buyer)
class BuyerAdmin(ScopedAdmin):
    header_links = [(40, gettext_lazy("Acheteurs"), "admin:buyers_buyer_changelist")]
    staff_may = READ
    platform_may = EDIT
    list_display = ["who", "kind", "town", "verified", "is_published"]
    list_display_links = ["who"]
    list_select_related = ["organisation"]
    list_filter = ["kind", "is_listed", "is_published"]
    search_fields = ["organisation__name", "organisation__neq"]
    fields = [
        "organisation", "kind", "presentation", "is_published", "is_listed", "verified",
    ]  # fmt: skip
    readonly_fields = ["organisation", "is_listed", "verified"]
    ordering = [folded_column("organisation__name"), "pk"]

    def scope(self, rows: QuerySet[Buyer], user: Any) -> QuerySet[Buyer]:
        return rows.filter(curation_q(user, "organisation__"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Buyer], search_term: str
    ) -> tuple[QuerySet[Buyer], bool]:
        columns = ["organisation__name", "organisation__town"]
        return search_rows(queryset, search_term, columns=columns, neq="organisation__neq"), False

    @admin.display(description=gettext_lazy("nom"), ordering=folded_column("organisation__name"))
    def who(self, buyer: Buyer) -> SafeString:
        return name_cell(buyer.organisation.name, buyer.organisation.neq)

    @admin.display(description=gettext_lazy("vérifiée le"), ordering="organisation__institution_verified_on")
    def verified(self, buyer: Buyer) -> SafeString:
        return day_cell(buyer.verified_on)

    @admin.display(description=gettext_lazy("ville"), ordering="organisation__town")
    def town(self, buyer: Buyer) -> str:
        return buyer.organisation.town


class AwardsInline(ScopedTabularInline):
    model = Award
    fields = ["name", "neq", "amount", "currency", "awarded_on"]
    can_delete = False


class LotsInline(ScopedTabularInline):
    model = Lot
    fields = ["number", "title", "status"]
    readonly_fields = ["number"]
    can_delete = False

    @admin.display(description=gettext_lazy("lot"))
    def number(self, lot: Lot) -> str:
        return lot.lot_id


class BiddersInline(ScopedTabularInline):
    model = Bidder
    fields = ["name", "neq", "won"]
    can_delete = False


@admin.register(Tender)
class TenderAdmin(ScopedAdmin):
    header_links = [(50, gettext_lazy("Appels d’offres"), "admin:buyers_tender_changelist")]
    staff_may = READ
    list_display = ["title", "buyer_name", "where", "state", "closes"]
    list_select_related = ["region", "mrc"]
    list_filter = ["status", "method", "category"]
    search_fields = ["title", "number", "buyer_name"]
    search_help_text = gettext_lazy("Mots de l’objet, acheteur ou numéro SEAO.")
    ordering = ["-published_at", "-id"]
    fields = [
        "title", "number", "reference", "buyer_name", "status", "method", "category", "seao_category", "codes",
        "region", "mrc", "region_source", "published_at", "closes_at", "url",
    ]  # fmt: skip
    readonly_fields = ["codes"]
    inlines = [LotsInline, AwardsInline, BiddersInline]

    @admin.display(description=gettext_lazy("codes UNSPSC"))
    def codes(self, tender: Tender) -> SafeString | str:
        """Each with what it means, where that is known."""
        said = ((code, code_label(code)) for code in tender.unspsc)
        return (
            format_html_join(
                "", '{} <span class="small muted code">{}</span><br>', ((label, code) for code, label in said)
            )
            or "–"
        )

    def scope(self, rows: QuerySet[Tender], user: Any) -> QuerySet[Tender]:
        """Notices are public, yet staff work on theirs: in their MRCs, in a region of theirs, or of unknown place."""
        regions = Mrc.objects.filter(pk__in=user.covered_mrcs).values("region")
        return rows.filter(
            Q(mrc__in=user.covered_mrcs)
            | Q(mrc__isnull=True, region__in=regions)
            | Q(region__isnull=True, mrc__isnull=True)
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Tender], search_term: str
    ) -> tuple[QuerySet[Tender], bool]:
        return search_rows(queryset, search_term, columns=["title", "buyer_name"], neq="number"), False

    @admin.display(description=gettext_lazy("lieu"))
    def where(self, tender: Tender) -> str:
        if tender.mrc:
            return tender.mrc.name
        return tender.region.name if tender.region else _("région non précisée")

    @admin.display(description=gettext_lazy("état"), ordering="status")
    def state(self, tender: Tender) -> SafeString:
        badge = tender_badge(tender)
        return badge_cell(badge.kind, badge.word)

    @admin.display(description=gettext_lazy("clôture"), ordering="closes_at")
    def closes(self, tender: Tender) -> SafeString:
        if tender.closes_at is None and tender.is_running:
            return badge_cell("wait", _("non précisée"))
        return moment_cell(tender.closes_at)
