"""Organisations, invitations and requests to join of the territory; people, posts and consents for platform admins."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Case, CharField, Count, F, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.domain_admin_views import decided_line, domain_badge
from marketplace.accounts.email_domains import readable_domain
from marketplace.accounts.join_admin_views import join_request_badge
from marketplace.accounts.models import (
    Consent,
    EmailDomain,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    PersonalDataRead,
    PersonRequest,
    PolePost,
    User,
    curation_q,
)
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.personal_data import record_personal_data_read
from marketplace.accounts.poles import Powers, tell_changed_powers
from marketplace.accounts.security.admin import SecondFactorPages
from marketplace.web.admin import EDIT, FULL, READ, ScopedAdmin, ScopedTabularInline
from marketplace.web.admin_history import HistorySource
from marketplace.web.admin_lists import badge_cell, day_cell, folded_column, name_cell, search_rows
from marketplace.web.private_files import FileQuota, PrivateFile
from marketplace.web.private_files.quotas import LIMITS, MEGABYTE
from marketplace.web.typography import format_number

WRITE = frozenset({"view", "add", "change", "delete"})


class MembersInline(ScopedTabularInline):
    model = Membership
    fields = ["user", "role", "created_at"]
    readonly_fields = ["created_at"]
    can_delete = False


class InvitationsInline(ScopedTabularInline):
    model = Invitation
    fields = ["email", "role", "created_at", "expires_at", "accepted_at"]
    can_delete = False


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin):
    """To read: a supplier's place is edited on its own page, where the change is indexed and told."""

    header_links = [
        (30, _("Organisations"), "admin:accounts_organisation_changelist"),
        (85, _("Vie privée"), "accounts_admin:people"),
    ]
    staff_may = READ
    platform_may = frozenset({"view", "change", "add"})
    list_display = ["who", "town", "mrc", "pole"]
    list_display_links = ["who"]
    list_select_related = ["mrc", "pole"]
    search_fields = ["name", "neq", "town"]
    search_help_text = _("Nom, NEQ ou ville.")
    ordering = [folded_column("name"), "pk"]
    fields = [
        "name", "neq", "address", "town", "postal_code", "municipality", "mrc", "region", "email", "phone", "website",
        "pole", "institution_verified_on", "institution_verified_by",
    ]  # fmt: skip
    readonly_fields = ["institution_verified_on", "institution_verified_by"]
    autocomplete_fields = ["municipality"]
    inlines = [MembersInline, InvitationsInline]

    @admin.display(description=_("nom"), ordering=folded_column("name"))
    def who(self, organisation: Organisation) -> SafeString:
        return name_cell(organisation.name, organisation.neq)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Organisation], search_term: str
    ) -> tuple[QuerySet[Organisation], bool]:
        return search_rows(queryset, search_term, columns=["name", "town"], neq="neq"), False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A selling organisation is edited on its supplier's page (the reverse relation, where the app is installed)."""
        return super().has_change_permission(request, obj) and not (obj and hasattr(obj, "supplier"))

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        record_personal_data_read(reader=signed_in_user(request), organisation=obj, what="organisation")
        return {}

    def history_sources(self, obj: Organisation) -> list[HistorySource]:
        return [
            HistorySource(Organisation, {"pk": obj.pk}),
            HistorySource(Membership, {"organisation_id": obj.pk}),
            HistorySource(Invitation, {"organisation_id": obj.pk}),
            HistorySource(EmailDomain, {"organisation_id": obj.pk}),
        ]


@admin.register(Invitation)
class InvitationAdmin(ScopedAdmin):
    """To read; inviting again, from the supplier's page, replaces an open one."""

    staff_may = READ
    list_display = ["email", "organisation", "sent", "state"]
    list_select_related = ["organisation"]
    search_fields = ["email", "organisation__name"]
    fields = [
        "email",
        "organisation",
        "role",
        "invited_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "accepted_by",
    ]
    readonly_fields = ["created_at"]
    ordering = ["-created_at"]

    def scope(self, rows: QuerySet[Invitation], user: Any) -> QuerySet[Invitation]:
        return rows.filter(curation_q(user, "organisation__"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Invitation], search_term: str
    ) -> tuple[QuerySet[Invitation], bool]:
        return search_rows(queryset, search_term, columns=["email", "organisation__name"]), False

    @admin.display(description=_("envoyée le"), ordering="created_at")
    def sent(self, invitation: Invitation) -> SafeString:
        return day_cell(invitation.created_at)

    @admin.display(description=_("état"))
    def state(self, invitation: Invitation) -> SafeString:
        if invitation.accepted_at:
            return badge_cell("ok", _("acceptée"))
        if invitation.expires_at <= timezone.now():
            return badge_cell("no", _("expirée"))
        return badge_cell("wait", _("en attente"))


@admin.register(JoinRequest)
class JoinRequestAdmin(ScopedAdmin):
    """The list and the history; the page of one and its decision are views (`join_admin_views`)."""

    staff_may = READ
    list_display = ["who_for", "side", "who", "title", "asked", "status"]
    list_display_links = ["who_for"]
    list_select_related = ["organisation", "user"]
    list_filter = ["state", "side"]
    search_fields = ["organisation__name", "user__email"]
    ordering = ["-state", "created_at"]

    @admin.display(description=_("organisation"))
    def who_for(self, row: JoinRequest) -> SafeString:
        return name_cell(row.organisation.name, row.organisation.neq or row.claimed_neq)

    @admin.display(description=_("personne"))
    def who(self, row: JoinRequest) -> str:
        return str(row.user)

    @admin.display(description=_("déposée le"), ordering="created_at")
    def asked(self, row: JoinRequest) -> SafeString:
        return day_cell(row.created_at)

    @admin.display(description=_("état"), ordering="state")
    def status(self, row: JoinRequest) -> SafeString:
        return join_request_badge(row)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[JoinRequest], search_term: str
    ) -> tuple[QuerySet[JoinRequest], bool]:
        columns = ["organisation__name", "user__email", "user__last_name"]
        return search_rows(queryset, search_term, columns=columns, neq="organisation__neq"), False


@admin.register(EmailDomain)
class EmailDomainAdmin(ScopedAdmin):
    """What waits for confirmation first; the page of one and its decision are a view (`domain_admin_views`)."""

    staff_may = READ
    list_display = ["name", "organisation", "asked", "status", "decided"]
    list_display_links = ["name"]
    list_select_related = ["organisation", "decided_by"]
    list_filter = ["state"]
    search_fields = ["domain", "organisation__name"]
    ordering = ["state", "asked_at"]  # asked, confirmed, refused

    @admin.display(description=_("domaine"), ordering="domain")
    def name(self, row: EmailDomain) -> str:
        return readable_domain(row.domain)

    @admin.display(description=_("demandé le"), ordering="asked_at")
    def asked(self, row: EmailDomain) -> SafeString:
        return day_cell(row.asked_at)

    @admin.display(description=_("état"), ordering="state")
    def status(self, row: EmailDomain) -> SafeString:
        return domain_badge(row)

    @admin.display(description=_("décision"))
    def decided(self, row: EmailDomain) -> str:
        return decided_line(row)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[EmailDomain], search_term: str
    ) -> tuple[QuerySet[EmailDomain], bool]:
        return search_rows(queryset, search_term, columns=["domain", "organisation__name"]), False


class PostsInline(ScopedTabularInline):
    model = PolePost
    may = WRITE
    fields = ["pole", "since", "until"]


class MembershipsInline(ScopedTabularInline):
    model = Membership
    may = WRITE
    fields = ["organisation", "role"]
    autocomplete_fields = ["organisation"]


class ConsentsInline(ScopedTabularInline):
    model = Consent
    fields = ["purpose", "wording", "given_at", "withdrawn_at", "channel"]
    can_delete = False


@admin.register(User)
class UserAdmin(SecondFactorPages, ScopedAdmin):
    """Only platform admins. A password is never set here: the person asks for a link at the sign-in page."""

    header_links = [(80, _("Personnes"), "admin:accounts_user_changelist")]
    platform_may = FULL
    list_display = ["email", "first_name", "last_name", "runs_platform", "is_active"]
    list_filter = ["is_superuser", "is_active"]
    search_fields = ["email", "first_name", "last_name"]
    fields = [
        "email",
        ("first_name", "last_name"),
        "language",
        ("is_active", "is_superuser"),
        "last_login",
        "second_factor",
    ]
    readonly_fields = ["last_login", "second_factor"]
    inlines = [PostsInline, MembershipsInline, ConsentsInline]
    ordering = ["email"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        return search_rows(queryset, search_term, columns=["email", "first_name", "last_name"]), False

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        words = {
            "labels": {"is_superuser": _("Administre la plateforme")},
            "help_texts": {"is_superuser": _("Voit tout et décide de tout, partout.")},
        }
        return super().get_form(request, obj, change, **(words | kwargs))

    @admin.display(description=_("plateforme"), boolean=True, ordering="is_superuser")
    def runs_platform(self, user: User) -> bool:
        return user.is_superuser

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.email = obj.email.lower()
        if not change:
            obj.set_unusable_password()
        form.powers = Powers.of(obj) if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The person hears what they may now, and may no more."""
        super().save_related(request, form, formsets, change)
        before = form.powers or Powers(
            form.instance.email, is_superuser=False, is_active=form.instance.is_active, posts={}, roles={}
        )
        tell_changed_powers(user=form.instance, before=before, by=signed_in_user(request))

    def history_sources(self, obj: User) -> list[HistorySource]:
        own = [HistorySource(model, {"user_id": obj.pk}) for model in (PolePost, Membership, Consent)]
        return [HistorySource(User, {"pk": obj.pk}), *own, *self.second_factor_history(obj)]


@admin.register(PersonalDataRead)
class PersonalDataReadAdmin(ScopedAdmin):
    list_display = ["at", "reader", "organisation", "page", "purpose", "count"]
    fields = ["at", "reader", "organisation", "page", "purpose", "count"]
    readonly_fields = ["at", "page"]
    list_filter = ["purpose"]
    list_select_related = ["reader", "organisation"]
    search_fields = ["organisation__name"]
    ordering = ["-at"]

    @admin.display(description=_("page"), ordering="what")
    def page(self, row: PersonalDataRead) -> str:
        return capfirst(row.page)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PersonalDataRead], search_term: str
    ) -> tuple[QuerySet[PersonalDataRead], bool]:
        return search_rows(queryset, search_term, columns=["organisation__name"]), False


@admin.register(PersonRequest)
class PersonRequestAdmin(ScopedAdmin):
    """What was handed over or erased at someone's request; the page that does it is `people_views`."""

    list_display = ["at", "kind", "channel", "by", "total", "left"]
    list_filter = ["kind", "channel"]
    list_select_related = ["by"]
    ordering = ["-at"]

    @admin.display(description=_("lignes"))
    def total(self, row: PersonRequest) -> int:
        return sum(row.counts.values())


@admin.register(FileQuota)
class FileQuotaAdmin(ScopedAdmin):
    """How much each organisation, and each person who asks to join one, has handed over; more room for one of them."""

    platform_may = EDIT
    list_display = ["holder_name", "kept_files", "kept_size", "hour_files"]
    search_fields = ["holder_model"]  # what is searched is the name: `get_search_results`
    fields = ["holder_name", "kept_files", "kept_size", "hour_files", "most_files", "most_megabytes"]
    readonly_fields = ["holder_name", "kept_files", "kept_size", "hour_files"]
    ordering = ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FileQuota]:
        kept = PrivateFile.objects.filter(
            holder_model=OuterRef("holder_model"), holder_id=OuterRef("holder_id")
        )
        by_holder = kept.order_by().values("holder_id")
        organisation = Organisation.objects.filter(pk=OuterRef("holder_id")).values("name")
        person = User.objects.filter(pk=OuterRef("holder_id")).values("email")
        return (
            super()
            .get_queryset(request)
            .annotate(
                files=Coalesce(Subquery(by_holder.annotate(n=Count("pk")).values("n")), 0),
                size=Coalesce(Subquery(by_holder.annotate(n=Sum("size")).values("n")), 0),
                name=Case(
                    When(holder_model="organisation", then=Subquery(organisation)),
                    default=Subquery(person),
                    output_field=CharField(),
                ),
            )
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[FileQuota], search_term: str
    ) -> tuple[QuerySet[FileQuota], bool]:
        return (queryset.filter(name__icontains=search_term) if search_term else queryset), False

    def title_of(self, obj: FileQuota) -> str:
        return self.holder_name(obj)

    @admin.display(description=_("à qui"), ordering=F("name"))
    def holder_name(self, row: Any) -> str:
        return row.name or _("Supprimé depuis")

    @admin.display(description=_("documents gardés"), ordering="files")
    def kept_files(self, row: Any) -> str:
        most = LIMITS[row.holder_model].files if row.most_files is None else row.most_files
        return _("%(n)s sur %(most)s") % {"n": format_number(row.files), "most": format_number(most)}

    @admin.display(description=_("mégaoctets gardés"), ordering="size")
    def kept_size(self, row: Any) -> str:
        most = LIMITS[row.holder_model].megabytes if row.most_megabytes is None else row.most_megabytes
        return _("%(n)s sur %(most)s") % {
            "n": format_number(row.size / MEGABYTE, 1),
            "most": format_number(most),
        }
