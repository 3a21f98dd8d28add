"""Campaigns as rows of /gestion/: written, corrected with their version and history, and what came of each."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from marketplace.accounts.permissions import signed_in_user
from marketplace.outreach.campaigns.forms import CampaignForm
from marketplace.outreach.campaigns.running import begin_campaign
from marketplace.outreach.models import Campaign
from marketplace.territories.models import Pole
from marketplace.web.admin import FULL, ScopedAdmin


@admin.register(Campaign)
class CampaignAdmin(ScopedAdmin):
    staff_may = FULL
    platform_may = FULL
    form = CampaignForm
    list_display = ["name", "side", "means", "starts_on", "ends_on", "is_open"]
    list_filter = ["side", "means", "is_open"]
    search_fields = ["name", "title"]
    fieldsets = [
        (None, {"fields": ["name", "pole", ("side", "means"), "purpose", ("starts_on", "ends_on")]}),
        (
            gettext_lazy("Page de la campagne"),
            {
                "fields": ["is_open", "title", "text", "title_en", "text_en"],
                "description": gettext_lazy(
                    "Sans texte anglais, la page anglaise montre le français et l’indique."
                ),
            },
        ),
        (
            gettext_lazy("Courriel"),
            {
                "fields": ["letter_subject", "letter_text"],
                "description": gettext_lazy(
                    "Ce courriel ne part qu’aux personnes qui ont accepté d’être jointes par courriel."
                ),
            },
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Its audience is of that pôle: another would read whom this one courts."""
        shown = super().get_readonly_fields(request, obj)
        return [*shown, "pole"] if obj else shown

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("purpose", "text", "text_en", "letter_text"):
            kwargs["widget"] = Textarea(attrs={"rows": 4})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "pole":
            reader = signed_in_user(request)
            poles = Pole.objects.order_by("name")
            kwargs["queryset"] = poles if reader.is_superuser else poles.filter(pk__in=reader.pole_codes)
            kwargs["initial"] = min(reader.pole_codes, default=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            begin_campaign(campaign=obj, by=signed_in_user(request))

    def response_add(
        self, request: HttpRequest, obj: Campaign, post_url_continue: str | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("outreach_admin:campaign", args=[obj.pk]))

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        return {"campaign": obj}
