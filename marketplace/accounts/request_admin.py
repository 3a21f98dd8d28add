"""Somebody asks to act for an organisation: the queue of such requests, the page of one, the decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts import personal_data
from marketplace.accounts.models import Membership, Organisation, Request, User
from marketplace.web.admin import READ, VerbAdmin
from marketplace.web.admin_lists import badge_cell, day_cell, search_rows
from marketplace.web.errors import Refused
from marketplace.web.typography import format_since_days

BADGES = {
    Request.State.OPEN: "wait",
    Request.State.ACCEPTED: "ok",
    Request.State.REFUSED: "no",
    Request.State.WITHDRAWN: "plain",
}
NEIGHBOURS = 12
OTHERS = 10


class RequestDecisionForm(forms.Form):
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
    answer = forms.CharField(
        label=gettext_lazy("Message à la personne"),
        help_text=gettext_lazy("Pour refuser : dites ce qui manque. Il part en votre nom."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"class": "inp", "rows": 5}),
    )


class RequestAdmin(VerbAdmin):
    """To read here; decided by the verbs of its room, in `accept` and `refuse`.

    `target` is the column that leads to what is asked for, which has an `organisation`; `read_as` is how a look at
    the page is recorded.
    """

    target: ClassVar[str]
    read_as: ClassVar[str]
    decision_form: ClassVar[type[RequestDecisionForm]] = RequestDecisionForm

    staff_may = READ
    list_filter = ["state"]
    ordering = ["-state", "created_at"]

    # -- what each room says -----------------------------------------------------------------------------------

    def accept(self, request: HttpRequest, asked: Any, said: dict[str, Any]) -> str:
        """Accept by the room's verb; the sentence that says so."""
        raise NotImplementedError

    def refuse(self, request: HttpRequest, asked: Any, answer: str) -> None:
        raise NotImplementedError

    def first_values(self, asked: Any) -> dict[str, Any]:
        """What the form proposes beside the role."""
        return {}

    # -- the list ----------------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("personne"))
    def who(self, row: Any) -> str:
        return str(row.user)

    @admin.display(description=gettext_lazy("déposée le"), ordering="created_at")
    def asked(self, row: Any) -> SafeString:
        return day_cell(row.created_at)

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def status(self, row: Any) -> SafeString:
        return badge_cell(BADGES[Request.State(row.state)], row.get_state_display())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        seat = f"{self.target}__organisation"
        columns = [f"{seat}__name", "user__email", "user__last_name"]
        return search_rows(queryset, search_term, columns=columns, neq=f"{seat}__neq"), False

    # -- the page of one ---------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        return [self.verb_path("decision", "decision", self.decide), *super().get_urls()]

    def seat_of(self, asked: Any) -> Organisation:
        return cast("Organisation", getattr(asked, self.target).organisation)

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        seat = self.seat_of(obj)
        personal_data.record_read(reader=reader(request), organisation=seat, what=self.read_as)
        holders = list(
            Membership.objects.filter(organisation=seat).select_related("user").order_by("created_at")
        )
        queue = self.get_queryset(request).filter(state=Request.State.OPEN)
        queue = queue.select_related(f"{self.target}__organisation", "user").order_by("created_at")
        others = self.model._default_manager.filter(**{self.target: getattr(obj, self.target)})
        has_owner = any(holder.role == Membership.Role.OWNER for holder in holders)
        first_role = Membership.Role.EDITOR if has_owner else Membership.Role.OWNER
        return {
            "asked": obj,
            "seat": seat,
            "neq": seat.neq,
            "is_open": obj.state == Request.State.OPEN,
            "is_own": obj.user_id == request.user.pk,
            "badge": self.status(obj),
            "holders": holders,
            "others": list(others.exclude(pk=obj.pk).select_related("user").order_by("-created_at")[:OTHERS]),
            "neighbours": [
                (row, self.seat_of(row).name, since(row.created_at)) for row in queue[:NEIGHBOURS]
            ],
            "decision_form": given.get("decision_form")
            or self.decision_form(
                auto_id="decision_%s", initial={"role": first_role, **self.first_values(obj)}
            ),
            "refusal": given.get("refusal", ""),
            **{f"{page}_page": f"admin:{self._pages}_{page}" for page in PAGES},
        }

    @property
    def _pages(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST of the aside: `decision` accept or refuse."""
        asked = self.posted(request, object_id, may="view")
        if isinstance(asked, HttpResponse):
            return asked
        form = self.decision_form(request.POST, auto_id="decision_%s")
        form.is_valid()
        try:
            done = self._act(request, asked, form.cleaned_data)
        except Refused as why:
            return self.again(request, object_id, decision_form=form, refusal=str(why))
        messages.success(request, done)
        return HttpResponseRedirect(reverse(f"admin:{self._pages}_change", args=[asked.pk]))

    def _act(self, request: HttpRequest, asked: Any, said: dict[str, Any]) -> str:
        if request.POST.get("decision") == "accept":
            return self.accept(request, asked, said)
        self.refuse(request, asked, said.get("answer", ""))
        return _("Demande refusée, réponse envoyée à %(who)s.") % {"who": asked.user}


#: The pages of the same rows that the template leads to.
PAGES = ("changelist", "change", "history", "decision")


def reader(request: HttpRequest) -> User:
    """Whoever is in the back room has an account."""
    return cast("User", request.user)


def since(day: datetime) -> str:
    """« depuis 6 jours »."""
    return format_since_days(day)
