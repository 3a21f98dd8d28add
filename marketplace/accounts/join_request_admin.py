"""Requests to join, for staff: the list, the page of one with what is known beside it, the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts import joining
from marketplace.accounts.models import JoinRequest, Membership
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.personal_data import record_personal_data_read
from marketplace.web.admin import READ, VerbAdmin
from marketplace.web.admin_lists import badge_cell, day_cell, name_cell, search_rows
from marketplace.web.errors import Refused
from marketplace.web.typography import format_since_days

BADGES = {
    JoinRequest.State.OPEN: "wait",
    JoinRequest.State.ACCEPTED: "ok",
    JoinRequest.State.REFUSED: "no",
    JoinRequest.State.WITHDRAWN: "plain",
}
NEIGHBOURS = 12
OTHERS = 10


class JoinDecisionForm(forms.Form):
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

    def __init__(
        self, *args: Any, join_request: JoinRequest, others_wait: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id="decision_%s", **kwargs)
        if not join_request.is_selling or not others_wait:
            del self.fields["end_others"]
        if join_request.is_selling or join_request.organisation.institution_verified_on:
            del self.fields["email_domains"]


@admin.register(JoinRequest)
class JoinRequestAdmin(VerbAdmin):
    """To read; decided by the verbs of `joining`."""

    staff_may = READ
    list_display = ["who_for", "side", "who", "title", "asked", "status"]
    list_display_links = ["who_for"]
    list_select_related = ["organisation", "user"]
    list_filter = ["state", "side"]
    search_fields = ["organisation__name", "user__email"]
    ordering = ["-state", "created_at"]
    fields = [
        "organisation", "side", "user", "title", "phone", "email", "message", "claimed_neq", "state", "answer",
        "decided_by", "decided_at",
    ]  # fmt: skip
    change_form_template = "admin/accounts/join_request.html"

    # -- the list ----------------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("organisation"))
    def who_for(self, row: JoinRequest) -> SafeString:
        return name_cell(row.organisation.name, row.organisation.neq or row.claimed_neq)

    @admin.display(description=gettext_lazy("personne"))
    def who(self, row: JoinRequest) -> str:
        return str(row.user)

    @admin.display(description=gettext_lazy("déposée le"), ordering="created_at")
    def asked(self, row: JoinRequest) -> SafeString:
        return day_cell(row.created_at)

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def status(self, row: JoinRequest) -> SafeString:
        return badge_cell(BADGES[JoinRequest.State(row.state)], row.get_state_display())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[JoinRequest], search_term: str
    ) -> tuple[QuerySet[JoinRequest], bool]:
        columns = ["organisation__name", "user__email", "user__last_name"]
        return search_rows(queryset, search_term, columns=columns, neq="organisation__neq"), False

    # -- the page of one ---------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        return [self.verb_path("decision", "decision", self.decide), *super().get_urls()]

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        organisation = obj.organisation
        record_personal_data_read(
            reader=signed_in_user(request), organisation=organisation, what="accounts.join_request"
        )
        holders = Membership.objects.filter(organisation=organisation).select_related("user")
        holders = list(holders.order_by("created_at"))
        has_owner = any(holder.role == Membership.Role.OWNER for holder in holders)
        others = JoinRequest.objects.filter(organisation=organisation, side=obj.side).exclude(pk=obj.pk)
        others = list(others.select_related("user").order_by("-created_at")[:OTHERS])
        queue = self.get_queryset(request).filter(state=JoinRequest.State.OPEN)
        queue = queue.select_related("organisation").order_by("created_at")[:NEIGHBOURS]
        return {
            "asked": obj,
            "organisation": organisation,
            "neq": organisation.neq or obj.claimed_neq,
            "is_own": obj.user_id == request.user.pk,
            "is_first": not obj.is_selling and not organisation.institution_verified_on,
            "badge": self.status(obj),
            "holders": holders,
            "others": others,
            "neighbours": [(row, format_since_days(row.created_at)) for row in queue],
            "decision_form": given.get("decision_form")
            or JoinDecisionForm(
                join_request=obj,
                others_wait=any(other.is_open for other in others),
                initial={
                    "role": Membership.Role.EDITOR if has_owner else Membership.Role.OWNER,
                    "email_domains": ", ".join(organisation.email_domains) or obj.domain,
                },
            ),
            "refusal": given.get("refusal", ""),
        }

    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST of the aside: `decision` accept or refuse."""
        asked = self.posted(request, object_id, may="view")
        if isinstance(asked, HttpResponse):
            return asked
        form = JoinDecisionForm(request.POST, join_request=asked)
        form.is_valid()
        try:
            done = _decide(request, asked, form.cleaned_data)
        except Refused as why:
            return self.again(request, object_id, decision_form=form, refusal=str(why))
        messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:accounts_joinrequest_change", args=[asked.pk]))


def _decide(request: HttpRequest, asked: JoinRequest, said: dict[str, Any]) -> str:
    by, answer = signed_in_user(request), said.get("answer", "")
    if request.POST.get("decision") != "accept":
        joining.refuse_join_request(join_request=asked, by=by, answer=answer)
        return _("Demande refusée, réponse envoyée à %(who)s.") % {"who": asked.user}
    domains = joining.clean_email_domains(said["email_domains"]) if "email_domains" in said else None
    joining.accept_join_request(
        join_request=asked,
        by=by,
        role=said.get("role", ""),
        email_domains=domains,
        answer=answer,
        end_others=bool(said.get("end_others")),
    )
    words = {"who": asked.user, "name": asked.organisation.name}
    if asked.is_selling:
        return _("%(who)s tient maintenant la fiche : %(name)s.") % words
    return _("%(who)s agit maintenant pour : %(name)s.") % words
