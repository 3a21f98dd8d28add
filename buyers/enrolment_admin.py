"""Institutions that wait to be verified and people who ask to join them: the queue, the page, the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buyers import enrolment_review, registration
from buyers.models import Enrolment
from marketplace.accounts.request_admin import RequestAdmin, RequestDecisionForm, reader
from marketplace.web.admin_lists import name_cell


class EnrolmentDecisionForm(RequestDecisionForm):
    email_domains = forms.CharField(
        label=gettext_lazy("Domaines de courriel"),
        help_text=gettext_lazy("Qui confirme une adresse à un de ces domaines se joint sans attendre."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    field_order = ["role", "email_domains", "answer"]


@admin.register(Enrolment)
class EnrolmentAdmin(RequestAdmin):
    """Decided by the verbs of `registration`."""

    target = "buyer"
    read_as = "buyer.enrolment"
    decision_form = EnrolmentDecisionForm
    list_display = ["institution", "who", "title", "asked", "status"]
    list_display_links = ["institution"]
    list_select_related = ["buyer__organisation", "user"]
    search_fields = ["buyer__organisation__name", "user__email"]
    fields = ["buyer", "user", "title", "email", "message", "state", "answer", "decided_by", "decided_at"]
    change_form_template = "admin/buyers/enrolment/decision.html"

    @admin.display(description=gettext_lazy("institution"))
    def institution(self, enrolment: Enrolment) -> SafeString:
        buyer = enrolment.buyer
        return name_cell(buyer.organisation.name, buyer.organisation.neq or buyer.claimed_neq)

    def first_values(self, asked: Enrolment) -> dict[str, Any]:
        return {"email_domains": ", ".join(asked.buyer.domains) or asked.domain}

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        context = super().page_context(request, obj, given)
        return context | {
            "buyer": obj.buyer,
            "neq": context["neq"] or obj.buyer.claimed_neq,
            "rows": enrolment_review.rows(obj),
            "left_out": "email_domains" if obj.buyer.is_verified else "",
        }

    def accept(self, request: HttpRequest, asked: Enrolment, said: dict[str, Any]) -> str:
        registration.accept(
            enrolment=asked,
            by=reader(request),
            role=said.get("role", ""),
            email_domains=registration.clean_domains(said.get("email_domains", "")),
            answer=said.get("answer", ""),
        )
        name = asked.buyer.organisation.name
        return _("%(who)s agit maintenant pour : %(name)s.") % {"who": asked.user, "name": name}

    def refuse(self, request: HttpRequest, asked: Enrolment, answer: str) -> None:
        registration.refuse(enrolment=asked, by=reader(request), answer=answer)
