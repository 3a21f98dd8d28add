"""Claims: the queue, the page that puts what is said beside what is known, and the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.accounts import personal_data
from marketplace.accounts.models import Membership
from marketplace.web import admin_cells, back_room
from marketplace.web.admin_base import READ, ScopedAdmin
from marketplace.web.errors import Refused
from marketplace.web.typography import days_until
from suppliers import claim_review, claims
from suppliers.admin.pages import reader
from suppliers.models import Claim

BADGES = {
    Claim.State.OPEN: "wait",
    Claim.State.ACCEPTED: "ok",
    Claim.State.REFUSED: "no",
    Claim.State.WITHDRAWN: "plain",
}
NEIGHBOURS = 12


class ClaimDecisionForm(forms.Form):
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
    end_others = forms.BooleanField(
        label=gettext_lazy("Clore aussi les autres demandes sur cette fiche"),
        help_text=gettext_lazy("Ces personnes sauront qu’elles peuvent demander une invitation."),
        required=False,
        initial=True,
    )
    answer = forms.CharField(
        label=gettext_lazy("Message à la personne"),
        help_text=gettext_lazy("Pour refuser : dites ce qui manque. Il part en votre nom."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"class": "inp", "rows": 5}),
    )


@admin.register(Claim)
class ClaimAdmin(ScopedAdmin):
    """To read here; decided by the verbs of `claims`."""

    staff_may = READ
    list_display = ["sheet", "who", "title", "asked", "status"]
    list_display_links = ["sheet"]
    list_select_related = ["supplier__organisation", "user"]
    list_filter = ["state"]
    search_fields = ["supplier__organisation__name", "user__email"]
    fields = ["supplier", "user", "title", "phone", "message", "state", "answer", "decided_by", "decided_at"]
    ordering = ["-state", "created_at"]
    change_form_template = "admin/suppliers/claim/decision.html"

    @admin.display(description=gettext_lazy("fiche"))
    def sheet(self, claim: Claim) -> SafeString:
        seat = claim.supplier.organisation
        return admin_cells.named(seat.name, seat.neq)

    @admin.display(description=gettext_lazy("personne"))
    def who(self, claim: Claim) -> str:
        return str(claim.user)

    @admin.display(description=gettext_lazy("déposée le"), ordering="created_at")
    def asked(self, claim: Claim) -> SafeString:
        return admin_cells.day(claim.created_at)

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def status(self, claim: Claim) -> SafeString:
        return admin_cells.badge(BADGES[Claim.State(claim.state)], claim.get_state_display())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Claim], search_term: str
    ) -> tuple[QuerySet[Claim], bool]:
        columns = ["supplier__organisation__name", "user__email", "user__last_name"]
        return admin_cells.find(
            queryset, search_term, columns=columns, neq="supplier__organisation__neq"
        ), False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = path(
            "<path:object_id>/decision/",
            view(lambda request, object_id: self.decide(request, object_id)),
            name="suppliers_claim_decision",
        )
        return [own, *super().get_urls()]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Claim | None = None,
    ) -> HttpResponse:
        if obj is not None:
            personal_data.record_read(
                reader=reader(request), organisation=obj.supplier.organisation, what="supplier.claim"
            )
            context |= self.claim_context(request, obj, context)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def claim_context(self, request: HttpRequest, claim: Claim, given: dict[str, Any]) -> dict[str, Any]:
        seat = claim.supplier.organisation
        holders = list(
            Membership.objects.filter(organisation=seat).select_related("user").order_by("created_at")
        )
        queue = (
            self.get_queryset(request)
            .filter(state=Claim.State.OPEN)
            .select_related("supplier__organisation", "user")
        )
        others = list(
            Claim.objects.filter(supplier=claim.supplier_id)
            .exclude(pk=claim.pk)
            .select_related("user")
            .order_by("-created_at")[:10]
        )
        has_owner = any(holder.role == Membership.Role.OWNER for holder in holders)
        first_role = Membership.Role.EDITOR if has_owner else Membership.Role.OWNER
        return {
            "claim": claim,
            "seat": seat,
            "is_open": claim.state == Claim.State.OPEN,
            "is_own": claim.user_id == request.user.pk,
            "badge": self.status(claim),
            "rows": claim_review.rows(claim),
            "holders": holders,
            "others": others,
            "more_open": any(other.state == Claim.State.OPEN for other in others),
            "neighbours": [(row, since(row)) for row in queue.order_by("created_at")[:NEIGHBOURS]],
            "decision_form": given.get("decision_form")
            or ClaimDecisionForm(auto_id="decision_%s", initial={"role": first_role, "end_others": True}),
            "refusal": given.get("refusal", ""),
            "Role": Membership.Role,
            "State": Claim.State,
        }

    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST of the aside: `decision` accept or refuse."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        claim = self.get_object(request, unquote(object_id))
        if claim is None or not self.has_view_permission(request, claim):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        form = ClaimDecisionForm(request.POST, auto_id="decision_%s")
        form.is_valid()
        try:
            said = self._act(request, claim, form)
        except Refused as why:
            request.method = "GET"
            again = {"decision_form": form, "refusal": str(why)}
            return self.changeform_view(request, object_id, extra_context=again)
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:suppliers_claim_change", args=[claim.pk]))

    def _act(self, request: HttpRequest, claim: Claim, form: ClaimDecisionForm) -> str:
        said = form.cleaned_data
        who, name = claim.user, claim.supplier.organisation.name
        if request.POST.get("decision") == "accept":
            claims.accept(
                claim=claim,
                by=reader(request),
                role=said.get("role", ""),
                answer=said.get("answer", ""),
                end_others=bool(said.get("end_others")),
            )
            return _("%(who)s tient maintenant la fiche : %(name)s.") % {"who": who, "name": name}
        claims.refuse(claim=claim, by=reader(request), answer=said.get("answer", ""))
        return _("Demande refusée, réponse envoyée à %(who)s.") % {"who": who}


def since(claim: Claim) -> str:
    days = -days_until(claim.created_at)
    if days <= 0:
        return _("depuis aujourd’hui")
    return ngettext("depuis %(n)s jour", "depuis %(n)s jours", days) % {"n": days}


def to_decide(request: HttpRequest) -> back_room.Waiting:
    n = Claim.objects.curated_by(request.user).open().aggregate(n=Count("pk"))["n"]
    return back_room.Waiting(
        n,
        ngettext("revendication à décider", "revendications à décider", n),
        reverse("admin:suppliers_claim_changelist") + "?state__exact=open",
        icon="person",
        is_urgent=True,
    )


back_room.register_waiting(to_decide, order=15)
