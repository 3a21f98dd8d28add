"""Templates of letters as rows of /gestion/, with their history; « Écrire une lettre » among what is done to chosen suppliers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.accounts.permissions import signed_in_user
from marketplace.outreach.models import LetterTemplate
from marketplace.outreach.writing.fields import FIELDS
from marketplace.outreach.writing.forms import TemplateForm
from marketplace.outreach.writing.letters import begin_letter
from marketplace.territories.models import Pole
from marketplace.web.admin import FULL, ScopedAdmin
from marketplace.web.admin_lists import search_rows
from marketplace.web.errors import Refused
from marketplace.web.typography import format_number
from suppliers.admin.actions import BULK
from suppliers.models import Supplier


@admin.register(LetterTemplate)
class LetterTemplateAdmin(ScopedAdmin):
    """A pôle's own, and those of the platform to read; start a letter from one on the letter's page."""

    header_links = [
        (14, gettext_lazy("Délais"), "outreach_admin:service_levels"),
        (34, gettext_lazy("Lettres"), "outreach_admin:letters"),
    ]
    staff_may = FULL
    platform_may = FULL
    form = TemplateForm
    list_display = ["name", "purpose", "whose", "is_active"]
    list_select_related = ["pole"]
    list_filter = ["purpose", "is_active"]
    search_fields = ["name", "title", "body"]
    ordering = ["name", "pk"]
    fields = ["name", "pole", "purpose", "title", "body", "title_en", "body_en", "is_active"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LetterTemplate], search_term: str
    ) -> tuple[QuerySet[LetterTemplate], bool]:
        return search_rows(queryset, search_term, columns=self.search_fields), False

    @admin.display(description=gettext_lazy("pôle"), ordering="pole__name")
    def whose(self, template: LetterTemplate) -> str:
        return template.pole.name if template.pole else _("Tous les pôles")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "pole":
            user = signed_in_user(request)
            poles = Pole.objects.order_by("name")
            kwargs["queryset"] = poles if user.is_superuser else poles.filter(pk__in=user.pole_codes)
            if not user.is_superuser:
                kwargs["required"], kwargs["initial"] = True, min(user.pole_codes, default=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "body":
            known = ", ".join(f"{{{name}}}" for name in FIELDS)
            field.help_text = _("Champs permis : %(known)s. Une ligne vide sépare deux paragraphes.") % {
                "known": known
            }
        return field


@admin.action(description=gettext_lazy("Écrire une lettre"), permissions=["change"])
def write_to_selected_suppliers(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Supplier]
) -> HttpResponse | None:
    """A draft to the chosen ones, or to all that the filter finds; nothing leaves before it is confirmed."""
    n = queryset.count()
    chosen = ngettext("%(n)s fiche choisie", "%(n)s fiches choisies", n) % {"n": format_number(n)}
    words = request.GET.get("q", "").strip()
    if words:
        chosen = _("%(chosen)s, en cherchant « %(words)s »") % {"chosen": chosen, "words": words[:80]}
    try:
        letter = begin_letter(
            suppliers=Supplier.objects.filter(pk__in=queryset.order_by().values("pk")),
            by=signed_in_user(request),
            chosen=chosen,
        )
    except Refused as why:
        messages.error(request, str(why))
        return None
    return redirect("outreach_admin:letter", pk=letter.pk)


BULK.append(write_to_selected_suppliers)
