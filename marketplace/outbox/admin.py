"""Mails that did not leave come first, with one gesture: try again. Events, to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from marketplace.outbox.delivery import retry_message
from marketplace.outbox.events import handler_label
from marketplace.outbox.models import SEALED_KINDS, Attempted, Delivery, Event, Message, Suppression
from marketplace.outbox.suppressions import lift_suppression
from marketplace.web.admin import READ, ColumnFilter, ScopedAdmin, ScopedTabularInline
from marketplace.web.admin_lists import badge_cell, moment_cell, search_rows
from marketplace.web.errors import Refused

STATES = {
    Attempted.Status.QUEUED: "wait",
    Attempted.Status.SENDING: "wait",
    Attempted.Status.DONE: "ok",
    Attempted.Status.FAILED: "no",
    Attempted.Status.CANCELLED: "plain",
}


def last_line(error: str) -> str:
    """Of a traceback, what went wrong."""
    return error.strip().rpartition("\n")[2][:120]


@admin.action(description=_("Essayer de nouveau"), permissions=["view"])
def retry_selected(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Message]) -> None:
    done = 0
    for message in queryset:
        try:
            retry_message(message=message, by=request.user)
            done += 1
        except Refused as why:
            messages.warning(request, f"{message}\u00a0: {why}")
    if done:
        sentence = ngettext(
            "%(n)s courriel remis dans la file d’envoi.", "%(n)s courriels remis dans la file d’envoi.", done
        )
        messages.success(request, sentence % {"n": done})


@admin.register(Message)
class MessageAdmin(ScopedAdmin):
    """Staff of a pôle see what their pôle signed and could not be sent. Bodies stay closed: links may sign in."""

    staff_may = READ
    list_display = ["title", "address", "state", "attempts", "last_error_short", "created_at"]
    list_filter = ["status"]
    search_fields = ["address", "title"]
    fields = [
        "title",
        "address",
        "sender_name",
        "status",
        "attempts",
        "next_attempt_at",
        "last_error_short",
        "created_at",
    ]
    readonly_fields = ["last_error_short"]
    actions = [retry_selected]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        failed_first = Case(
            When(status=Attempted.Status.FAILED, then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        rows = super().get_queryset(request).exclude(kind__regex=SEALED_KINDS).defer("text", "html")
        return rows.order_by(failed_first, "-created_at", "-pk")

    def get_ordering(self, request: HttpRequest) -> tuple[()]:
        return ()

    def scope(self, rows: QuerySet[Message], user: Any) -> QuerySet[Message]:
        return rows.filter(pole__in=user.pole_codes, status=Attempted.Status.FAILED)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        return search_rows(queryset, search_term, columns=["address", "title"]), False

    @admin.display(description=_("état"), ordering="status")
    def state(self, message: Message) -> SafeString:
        return badge_cell(STATES[Attempted.Status(message.status)], message.get_status_display())

    @admin.display(description=_("dernière erreur"))
    def last_error_short(self, message: Message) -> str:
        return last_line(message.last_error) or "–"


@admin.action(description=_("Écrire de nouveau à ces adresses"), permissions=["view"])
def lift_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Suppression]
) -> None:
    done = 0
    for suppression in queryset:
        try:
            lift_suppression(suppression=suppression, by=request.user)
            done += 1
        except Refused as why:
            messages.warning(request, f"{suppression}\u00a0: {why}")
    if done:
        sentence = ngettext("%(n)s adresse rétablie.", "%(n)s adresses rétablies.", done)
        messages.success(request, sentence % {"n": done})


@admin.register(Suppression)
class SuppressionAdmin(ScopedAdmin):
    """Addresses that refuse our mail: staff call the person, correct the address on their page, or write to it again."""

    staff_may = READ
    list_display = ["address", "state", "reason", "source", "since"]
    list_filter = ["reason", "source"]
    search_fields = ["address"]
    fields = [
        "address",
        "recipient",
        "reason",
        "source",
        "said",
        "since",
        "message",
        "lifted_at",
        "lifted_by",
    ]
    list_select_related = ["recipient"]
    actions = [lift_selected]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suppression]:
        standing_first = Case(
            When(lifted_at=None, then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        return super().get_queryset(request).order_by(standing_first, "-since", "-pk")

    def get_ordering(self, request: HttpRequest) -> tuple[()]:
        return ()

    def scope(self, rows: QuerySet[Suppression], user: Any) -> QuerySet[Suppression]:
        return rows.filter(pole__in=user.pole_codes)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        return search_rows(queryset, search_term, columns=["address"]), False

    @admin.display(description=_("état"), ordering="lifted_at")
    def state(self, suppression: Suppression) -> SafeString:
        if suppression.lifted_at:
            return badge_cell("plain", _("rétablie"))
        return badge_cell("no", _("refuse"))


#: What happened, by the kind that apps post.
EVENT_WORDS: dict[str, str | Promise] = {
    "tender.imported": _("Un avis est arrivé ou a changé"),
    "supplier.published": _("Une fiche est publiée"),
    "supplier.unpublished": _("Une fiche n’est plus publiée"),
    "message.withheld": _("Un courriel est retenu, parce que des avis sont fermés"),
    "event.opened": _("Les inscriptions d’une activité sont ouvertes"),
    "event.agenda_published": _("Les horaires d’une activité sont publiés"),
    "cohort.opened": _("Une cohorte est annoncée"),
    "application.accepted": _("Une candidature est acceptée"),
    "need.published": _("Un besoin est publié"),
    "need.changed": _("Un besoin publié a changé"),
    "need.closed": _("Un besoin est clos"),
    "need.decided": _("Un besoin a reçu sa décision"),
    "need.cancelled": _("Un besoin est annulé"),
}
#: What a subject is called there, where its model has another name.
SUBJECT_MODELS = {"event": "matchmakingevent"}


def find_subjects(events: Iterable[Event]) -> None:
    """Hang on each event the row that it is about; one query for each kind of row."""
    wanted: dict[str, list[Event]] = {}
    for event in events:
        event.about_row = None  # type: ignore[attr-defined]  # read by the column
        wanted.setdefault(event.subject.partition(":")[0], []).append(event)
    models = {model._meta.model_name: model_admin for model, model_admin in admin.site._registry.items()}
    for name, some in wanted.items():
        if (model_admin := models.get(SUBJECT_MODELS.get(name, name))) is None:
            continue
        pks = [pk for event in some if (pk := event.subject.partition(":")[2]).isdecimal()]
        related = model_admin.list_select_related or []
        rows = model_admin.model._default_manager.select_related(*related).in_bulk(pks)
        for event in some:
            pk = event.subject.partition(":")[2]
            event.about_row = rows.get(int(pk)) if pk.isdecimal() else None  # type: ignore[attr-defined]


class EventKindFilter(ColumnFilter):
    title = _("quoi")
    parameter_name = "quoi"
    column = "kind"
    offers = EVENT_WORDS.items()


class DeliveriesInline(ScopedTabularInline):
    model = Delivery
    fields = ["does", "status", "attempts", "next_attempt_at", "last_error_short", "done_at"]
    readonly_fields = ["does", "last_error_short"]
    can_delete = False

    @admin.display(description=_("suite"))
    def does(self, delivery: Delivery) -> str:
        return capfirst(handler_label(delivery.handler))

    @admin.display(description=_("dernière erreur"))
    def last_error_short(self, delivery: Delivery) -> str:
        return last_line(delivery.last_error) or "–"


@admin.register(Event)
class EventAdmin(ScopedAdmin):
    """What apps said to one another, in words, and what each made of it."""

    header_links = [(70, _("Courriels"), "admin:outbox_message_changelist")]
    list_display = ["what", "about", "written"]
    list_filter = [EventKindFilter]
    search_fields = ["subject"]
    fields = ["what", "about", "written"]
    readonly_fields = ["what", "about", "written"]
    inlines = [DeliveriesInline]
    ordering = ["-created_at", "-pk"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        find_subjects(found.result_list)
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            find_subjects([found])
        return found

    def title_of(self, obj: Event) -> str:
        return self.what(obj)

    @admin.display(description=_("quoi"), ordering="kind")
    def what(self, event: Event) -> str:
        return str(EVENT_WORDS.get(event.kind, _("Autre événement")))

    @admin.display(description=_("à propos"))
    def about(self, event: Event) -> SafeString | str:
        row = event.about_row  # type: ignore[attr-defined]  # set by `find_subjects`
        if row is None:
            return str(_("retiré depuis"))
        page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', page, row)

    @admin.display(description=_("quand"), ordering="created_at")
    def written(self, event: Event) -> SafeString:
        return moment_cell(event.created_at)
