"""Institutions that wait to be verified and people who ask to join them: the queue, the page, the decision."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from buyers import enrolment_review, registration
from buyers.models import Enrolment
from marketplace.accounts import personal_data
from marketplace.accounts.models import Membership, User
from marketplace.web import admin_cells, back_room
from marketplace.web.admin_base import READ, ScopedAdmin
from marketplace.web.errors import Refused
from marketplace.web.typography import days_until

BADGES = {
    Enrolment.State.OPEN: "wait",
    Enrolment.State.ACCEPTED: "ok",
    Enrolment.State.REFUSED: "no",
    Enrolment.State.WITHDRAWN: "plain",
}
NEIGHBOURS = 12


class EnrolmentDecisionForm(forms.Form):
    """What staff say; the button says what they decide."""

    role = forms.ChoiceField(
        label=gettext_lazy("Rôle"),
        choices=[
            (Membership.Role.OWNER, gettext_lazy("Responsable")),
            (Membership.Role.EDITOR, gettext_lazy("Collègue")),
        ],
        required=True,
        widget=forms.RadioSelect,
    )
    email_domains = forms.CharField(
        label=gettext_lazy("Domaines de courriel"),
        help_text=gettext_lazy("Qui confirme une adresse à un de ces domaines se joint sans attendre."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    answer = forms.CharField(
        label=gettext_lazy("Message à la personne"),
        help_text=gettext_lazy("Pour refuser : dites ce qui manque. Il part en votre nom."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"class": "inp", "rows": 5}),
    )


@admin.register(Enrolment)
class EnrolmentAdmin(ScopedAdmin):
    """To read here; decided by the verbs of `registration`."""

    staff_may = READ
    list_display = ["institution", "who", "title", "asked", "status"]
    list_display_links = ["institution"]
    list_select_related = ["buyer__organisation", "user"]
    list_filter = ["state"]
    search_fields = ["buyer__organisation__name", "user__email"]
    fields = ["buyer", "user", "title", "email", "message", "state", "answer", "decided_by", "decided_at"]
    ordering = ["-state", "created_at"]
    change_form_template = "admin/buyers/enrolment/decision.html"

    @admin.display(description=gettext_lazy("institution"))
    def institution(self, enrolment: Enrolment) -> SafeString:
        buyer = enrolment.buyer
        return admin_cells.named(buyer.organisation.name, buyer.organisation.neq or buyer.claimed_neq)

    @admin.display(description=gettext_lazy("personne"))
    def who(self, enrolment: Enrolment) -> str:
        return str(enrolment.user)

    @admin.display(description=gettext_lazy("déposée le"), ordering="created_at")
    def asked(self, enrolment: Enrolment) -> SafeString:
        return admin_cells.day(enrolment.created_at)

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def status(self, enrolment: Enrolment) -> SafeString:
        return admin_cells.badge(BADGES[Enrolment.State(enrolment.state)], enrolment.get_state_display())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Enrolment], search_term: str
    ) -> tuple[QuerySet[Enrolment], bool]:
        columns = ["buyer__organisation__name", "user__email", "user__last_name"]
        return admin_cells.find(queryset, search_term, columns=columns, neq="buyer__organisation__neq"), False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = path(
            "<path:object_id>/decision/",
            view(lambda request, object_id: self.decide(request, object_id)),
            name="buyers_enrolment_decision",
        )
        return [own, *super().get_urls()]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Enrolment | None = None,
    ) -> HttpResponse:
        if obj is not None:
            personal_data.record_read(
                reader=_reader(request), organisation=obj.buyer.organisation, what="buyer.enrolment"
            )
            context |= self.enrolment_context(request, obj, context)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def enrolment_context(
        self, request: HttpRequest, enrolment: Enrolment, given: dict[str, Any]
    ) -> dict[str, Any]:
        buyer = enrolment.buyer
        seat = buyer.organisation
        holders = list(
            Membership.objects.filter(organisation=seat).select_related("user").order_by("created_at")
        )
        queue = self.get_queryset(request).filter(state=Enrolment.State.OPEN)
        others = Enrolment.objects.filter(buyer=buyer).exclude(pk=enrolment.pk).select_related("user")
        has_owner = any(holder.role == Membership.Role.OWNER for holder in holders)
        first = {
            "role": Membership.Role.EDITOR if has_owner else Membership.Role.OWNER,
            "email_domains": ", ".join(buyer.domains) or enrolment.domain,
        }
        return {
            "enrolment": enrolment,
            "buyer": buyer,
            "seat": seat,
            "neq": seat.neq or buyer.claimed_neq,
            "is_open": enrolment.state == Enrolment.State.OPEN,
            "is_own": enrolment.user_id == request.user.pk,
            "badge": self.status(enrolment),
            "rows": enrolment_review.rows(enrolment),
            "holders": holders,
            "others": list(others.order_by("-created_at")[:10]),
            "neighbours": [
                (row, _since(row))
                for row in queue.select_related("buyer__organisation").order_by("created_at")[:NEIGHBOURS]
            ],
            "decision_form": given.get("decision_form")
            or EnrolmentDecisionForm(auto_id="decision_%s", initial=first),
            "refusal": given.get("refusal", ""),
        }

    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST of the aside: `decision` accept or refuse."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        enrolment = self.get_object(request, unquote(object_id))
        if enrolment is None or not self.has_view_permission(request, enrolment):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        form = EnrolmentDecisionForm(request.POST, auto_id="decision_%s")
        form.is_valid()
        try:
            said = self._act(request, enrolment, form.cleaned_data)
        except Refused as why:
            request.method = "GET"
            again = {"decision_form": form, "refusal": str(why)}
            return self.changeform_view(request, object_id, extra_context=again)
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:buyers_enrolment_change", args=[enrolment.pk]))

    def _act(self, request: HttpRequest, enrolment: Enrolment, said: dict[str, Any]) -> str:
        who, name = enrolment.user, enrolment.buyer.organisation.name
        if request.POST.get("decision") == "accept":
            registration.accept(
                enrolment=enrolment,
                by=_reader(request),
                role=said.get("role", ""),
                email_domains=registration.clean_domains(said.get("email_domains", "")),
                answer=said.get("answer", ""),
            )
            return _("%(who)s agit maintenant pour : %(name)s.") % {"who": who, "name": name}
        registration.refuse(enrolment=enrolment, by=_reader(request), answer=said.get("answer", ""))
        return _("Demande refusée, réponse envoyée à %(who)s.") % {"who": who}


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)


def _since(enrolment: Enrolment) -> str:
    days = -days_until(enrolment.created_at)
    if days <= 0:
        return _("depuis aujourd’hui")
    return ngettext("depuis %(n)s jour", "depuis %(n)s jours", days) % {"n": days}


def to_decide(request: HttpRequest) -> back_room.Waiting:
    n = Enrolment.objects.curated_by(request.user).open().aggregate(n=Count("pk"))["n"]
    return back_room.Waiting(
        n,
        ngettext("inscription d’acheteur à vérifier", "inscriptions d’acheteurs à vérifier", n),
        reverse("admin:buyers_enrolment_changelist") + "?state__exact=open",
        icon="person",
        is_urgent=True,
    )


back_room.register_waiting(to_decide, order=16)
