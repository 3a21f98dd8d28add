"""Mails that did not leave come first, with one gesture: try again. Events, to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from marketplace.outbox.delivery import retry_message
from marketplace.outbox.models import Attempted, Delivery, Event, Message
from marketplace.web.admin import READ, ScopedAdmin, ScopedTabularInline
from marketplace.web.admin_lists import badge_cell, moment_cell, search_rows
from marketplace.web.errors import Refused

STATES = {
    Attempted.Status.QUEUED: "wait",
    Attempted.Status.SENDING: "wait",
    Attempted.Status.DONE: "ok",
    Attempted.Status.FAILED: "no",
    Attempted.Status.CANCELLED: "plain",
}


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
    list_display = ["title", "address", "state", "attempts", "last_error_short", "written"]
    list_filter = ["status"]
    search_fields = ["address", "title"]
    fields = [
        "title",
        "address",
        "sender_name",
        "status",
        "attempts",
        "next_attempt_at",
        "last_error",
        "created_at",
    ]
    actions = [retry_selected]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        failed_first = Case(
            When(status=Attempted.Status.FAILED, then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        rows = super().get_queryset(request).defer("text", "html")
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
        return message.last_error.strip().rpartition("\n")[2][:120]

    @admin.display(description=_("écrit le"), ordering="created_at")
    def written(self, message: Message) -> SafeString:
        return moment_cell(message.created_at)


class DeliveriesInline(ScopedTabularInline):
    model = Delivery
    fields = ["handler", "status", "attempts", "next_attempt_at", "last_error", "done_at"]
    can_delete = False


@admin.register(Event)
class EventAdmin(ScopedAdmin):
    header_links = [(70, _("Courriels"), "admin:outbox_message_changelist")]
    list_display = ["kind", "subject", "version", "created_at"]
    list_filter = ["kind"]
    search_fields = ["subject"]
    fields = ["kind", "subject", "version", "payload", "created_at"]
    inlines = [DeliveriesInline]
    ordering = ["-created_at", "-pk"]
