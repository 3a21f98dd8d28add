"""Sources of notices under /gestion/: how each fares, its files, what was rejected and why; notices entered by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buyers.feeds.entering import publish_entered_notice
from buyers.feeds.health import stale_reason
from buyers.models import EnteredNotice, FeedFile, NoticeSource
from buyers.wording import tender_badge
from marketplace.accounts.permissions import signed_in_user
from marketplace.classification.codes import normalise_code
from marketplace.territories.models import Mrc, Pole
from marketplace.web.admin import FULL, READ, ColumnFilter, PlainForm, ScopedAdmin
from marketplace.web.admin_lists import badge_cell, day_cell, moment_cell, search_rows
from marketplace.web.process_cache import clear_process_caches
from marketplace.web.typography import format_number

FILES_SHOWN = 25
STATES = {
    FeedFile.Status.WAITING: "wait",
    FeedFile.Status.DONE: "ok",
    FeedFile.Status.PARTLY: "wait",
    FeedFile.Status.FAILED: "no",
}


def health_badge(source: NoticeSource) -> tuple[str, str | Promise]:
    """Kind and word of a source's state."""
    state = getattr(source, "state", None)
    if state is not None and state.is_being_read:
        return "info", _("En cours de lecture")
    if not source.is_on:
        return "plain", _("Éteinte")
    if state is None:
        return "wait", _("Jamais lue")
    if stale_reason(source, state, timezone.now()):
        return "no", _("En retard")
    return ("wait", _("À revoir")) if state.error else ("ok", _("À jour"))


class SourceForm(PlainForm):
    hosts = SimpleArrayField(
        forms.CharField(max_length=120),
        label=gettext_lazy("Autres serveurs permis"),
        help_text=NoticeSource._meta.get_field("hosts").help_text,
        required=False,
    )


@admin.register(NoticeSource)
class NoticeSourceAdmin(ScopedAdmin):
    header_links = [(52, gettext_lazy("Sources d’avis"), "admin:buyers_noticesource_changelist")]
    shared = True
    staff_may = READ
    platform_may = FULL
    form = SourceForm
    list_display = ["name", "health", "read", "newest", "files_read", "to_mend", "schedule"]
    list_select_related = ["state"]
    list_filter = ["kind", "is_on"]
    fields = [
        "name", "kind", "address", "hosts", "territory", ("schedule", "stale_after_days"), "since", "licence", "is_on",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeSource]:
        rows = super().get_queryset(request).select_related("state")
        read = Q(files__imported_at__isnull=False)
        return rows.annotate(n_read=Count("files", filter=read), n_rejected=Sum("files__rejected_count"))

    @admin.display(description=gettext_lazy("état"))
    def health(self, source: NoticeSource) -> SafeString:
        return badge_cell(*health_badge(source))

    @admin.display(description=gettext_lazy("dernière lecture réussie"), ordering="state__succeeded_at")
    def read(self, source: NoticeSource) -> SafeString:
        state = getattr(source, "state", None)
        return moment_cell(state.succeeded_at if state else None)

    @admin.display(description=gettext_lazy("avis le plus récent"), ordering="state__newest_at")
    def newest(self, source: NoticeSource) -> SafeString:
        state = getattr(source, "state", None)
        return day_cell(state.newest_at if state else None)

    @admin.display(description=gettext_lazy("fichiers lus"))
    def files_read(self, source: Any) -> str:
        return format_number(source.n_read)

    @admin.display(description=gettext_lazy("à corriger"))
    def to_mend(self, source: Any) -> str:
        return format_number(source.n_rejected or 0)

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        state = getattr(obj, "state", None)
        files = list(obj.files.order_by("-tried_at", "-pk")[: FILES_SHOWN + 1])
        return {
            "source": obj,
            "state": state,
            "badge": badge_cell(*health_badge(obj)),
            "is_stale": bool(state and obj.is_on and stale_reason(obj, state, timezone.now())),
            "files": [(file, STATES[FeedFile.Status(file.status)]) for file in files[:FILES_SHOWN]],
            "all_files": f"{reverse('admin:buyers_feedfile_changelist')}?source={obj.pk}"
            if len(files) > FILES_SHOWN
            else "",
        }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        clear_process_caches()


class FileStatusFilter(ColumnFilter):
    title = gettext_lazy("état")
    parameter_name = "etat"
    column = "status"
    offers = FeedFile.Status.choices


@admin.register(FeedFile)
class FeedFileAdmin(ScopedAdmin):
    """A file: its counts, and each release or row that could not be taken."""

    staff_may = READ
    list_display = ["name", "source", "state", "releases", "created", "updated", "rejected_count", "tried_at"]
    list_select_related = ["source"]
    list_filter = ["source", FileStatusFilter]
    search_fields = ["name"]
    ordering = ["-tried_at", "-pk"]
    fields = ["name", "source", "status"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeedFile]:
        return super().get_queryset(request).defer("warnings")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[FeedFile], search_term: str
    ) -> tuple[QuerySet[FeedFile], bool]:
        return search_rows(queryset, search_term, columns=["name"]), False

    @admin.display(description=gettext_lazy("état"), ordering="status")
    def state(self, file: FeedFile) -> SafeString:
        return badge_cell(STATES[FeedFile.Status(file.status)], file.get_status_display())


class EnteredNoticeForm(PlainForm):
    unspsc = SimpleArrayField(
        forms.CharField(max_length=12),
        label=gettext_lazy("Codes UNSPSC"),
        help_text=EnteredNotice._meta.get_field("unspsc").help_text,
        required=False,
    )

    def clean_unspsc(self) -> list[str]:
        said = [one.strip() for one in self.cleaned_data["unspsc"] if one.strip()]
        found = [normalise_code(one) for one in said]
        if not all(found):
            wrong = next(one for one, code in zip(said, found, strict=True) if not code)
            raise ValidationError(_("« %(code)s » n’est pas un code UNSPSC.") % {"code": wrong})
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if "buyer" in said and not said.get("buyer") and not said.get("buyer_name"):
            self.add_error("buyer_name", _("Choisissez un acheteur connu, ou écrivez son nom."))
        return said


@admin.register(EnteredNotice)
class EnteredNoticeAdmin(ScopedAdmin):
    """A notice in a minute, for municipal invitations and other sources that offer nothing to read. Saving publishes it."""

    header_links = [(51, gettext_lazy("Avis saisis"), "admin:buyers_enterednotice_changelist")]
    staff_may = FULL
    platform_may = FULL
    form = EnteredNoticeForm
    list_display = ["title", "who", "state", "closes_at", "pole"]
    list_select_related = ["buyer__organisation", "pole", "tender"]
    list_filter = ["is_cancelled"]
    search_fields = ["title", "buyer_name"]
    autocomplete_fields = ["buyer"]
    fieldsets = [
        (None, {"fields": ["title", "buyer", "buyer_name", "method", "closes_at", "mrc"]}),
        (
            gettext_lazy("Si vous le savez"),
            {"fields": ["description", "category", "unspsc", "reference", "url", "pole", "is_cancelled"]},
        ),
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[EnteredNotice], search_term: str
    ) -> tuple[QuerySet[EnteredNotice], bool]:
        columns = ["title", "buyer_name", "buyer__organisation__name"]
        return search_rows(queryset, search_term, columns=columns), False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """One's own pôles and the MRCs that they cover; all of them for platform admins."""
        user = signed_in_user(request)
        if not user.is_superuser:
            if db_field.name == "pole":
                kwargs["queryset"] = Pole.objects.filter(pk__in=user.pole_codes)
            elif db_field.name == "mrc":
                kwargs["queryset"] = Mrc.objects.filter(pk__in=user.covered_mrcs).order_by("name")
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "pole" and len(user.pole_codes) == 1:
            field.initial = next(iter(user.pole_codes))
        return field

    def save_model(self, request: HttpRequest, obj: EnteredNotice, form: Any, change: bool) -> None:
        by = signed_in_user(request)
        if not change:
            obj.created_by = by
        super().save_model(request, obj, form, change)
        publish_entered_notice(notice=obj, by=by)

    def response_add(
        self, request: HttpRequest, obj: EnteredNotice, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, _("Avis publié : %(title)s.") % {"title": obj.title})
        return HttpResponseRedirect(reverse("admin:buyers_enterednotice_change", args=[obj.pk]))

    @admin.display(description=gettext_lazy("acheteur"))
    def who(self, notice: EnteredNotice) -> str:
        return notice.buyer.organisation.name if notice.buyer else notice.buyer_name

    @admin.display(description=gettext_lazy("état"))
    def state(self, notice: EnteredNotice) -> SafeString:
        if notice.tender is None:
            return badge_cell("wait", _("non publié"))
        badge = tender_badge(notice.tender)
        return badge_cell(badge.kind, badge.word)
