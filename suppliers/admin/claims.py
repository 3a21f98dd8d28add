"""Claims: the queue, the page that puts what is said beside what is known, and the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.request_admin import RequestAdmin, RequestDecisionForm, reader
from marketplace.web.admin_lists import name_cell
from suppliers import claim_review, claims
from suppliers.models import Claim


class ClaimDecisionForm(RequestDecisionForm):
    end_others = forms.BooleanField(
        label=gettext_lazy("Clore aussi les autres demandes sur cette fiche"),
        help_text=gettext_lazy("Ces personnes sauront qu’elles peuvent demander une invitation."),
        required=False,
        initial=True,
    )
    field_order = ["role", "end_others", "answer"]


@admin.register(Claim)
class ClaimAdmin(RequestAdmin):
    """Decided by the verbs of `claims`."""

    target = "supplier"
    read_as = "supplier.claim"
    decision_form = ClaimDecisionForm
    list_display = ["sheet", "who", "title", "asked", "status"]
    list_display_links = ["sheet"]
    list_select_related = ["supplier__organisation", "user"]
    search_fields = ["supplier__organisation__name", "user__email"]
    fields = ["supplier", "user", "title", "phone", "message", "state", "answer", "decided_by", "decided_at"]
    change_form_template = "admin/suppliers/claim/decision.html"

    @admin.display(description=gettext_lazy("fiche"))
    def sheet(self, claim: Claim) -> SafeString:
        seat = claim.supplier.organisation
        return name_cell(seat.name, seat.neq)

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        context = super().page_context(request, obj, given)
        more_open = any(other.state == Claim.State.OPEN for other in context["others"])
        return context | {"rows": claim_review.rows(obj), "left_out": "" if more_open else "end_others"}

    def accept(self, request: HttpRequest, asked: Claim, said: dict[str, Any]) -> str:
        claims.accept(
            claim=asked,
            by=reader(request),
            role=said.get("role", ""),
            answer=said.get("answer", ""),
            end_others=bool(said.get("end_others")),
        )
        name = asked.supplier.organisation.name
        return _("%(who)s tient maintenant la fiche : %(name)s.") % {"who": asked.user, "name": name}

    def refuse(self, request: HttpRequest, asked: Claim, answer: str) -> None:
        claims.refuse(claim=asked, by=reader(request), answer=answer)
