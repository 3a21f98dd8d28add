"""The base of every page of the admin: rows outside the reader's territory do not exist.

`get_queryset` is the only way to rows: lists, search, autocomplete, choices of foreign keys, actions, history and exports
pass through it. Who may do what comes from roles, not from Django's permission rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pghistory
from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import flatten, unquote
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.forms.models import InlineForeignKeyField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.admin_history import HistoryLine, HistorySource, WayBack, history_lines, is_tracked
from marketplace.web.admin_lists import dated_columns
from marketplace.web.admin_restore import restorable_models
from marketplace.web.admin_versions import VersionedAdmin
from marketplace.web.errors import Refused
from marketplace.web.form_values import may_be_key, validate_year

if TYPE_CHECKING:
    from django.db.models import Field

READ = frozenset({"view"})
EDIT = frozenset({"view", "change"})
FULL = frozenset({"view", "change", "add"})
NOTHING: frozenset[str] = frozenset()


class PlainForm(forms.ModelForm):
    """Labels without a colon, as everywhere on the site."""

    refusal = ""  # set by the admin: why a verb refused what this form had brought

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        super().full_clean()
        if self.refusal and self.is_bound:
            self.add_error(None, self.refusal)

    def validate_unique(self) -> None:
        """Constraints that name the row's parent too: Django leaves them to the database."""
        super().validate_unique()
        if not self.errors and any(
            isinstance(field, InlineForeignKeyField) for field in self.fields.values()
        ):
            try:
                self.instance.validate_constraints(exclude=self._get_validation_exclusions())
            except forms.ValidationError as error:
                self._update_errors(error)


class KnownKeys:
    """A field that completes what is typed shows again what was posted, where that could be a row at all."""

    field: Any

    def optgroups(self, name: str, value: list[str], attr: dict[str, Any] | None = None) -> Any:
        model = self.field.remote_field.model
        kept = [one for one in value if one in ("", None) or may_be_key(model, one)]
        return super().optgroups(name, kept, attr)  # type: ignore[misc]


class CompletedSelect(KnownKeys, AutocompleteSelect):
    pass


class CompletedSelectMultiple(KnownKeys, AutocompleteSelectMultiple):
    pass


MOMENT = {"type": "datetime-local", "class": "inp inp-m"}


class ScopedChoices:
    """Foreign keys offer what the reader may see of the other model, as its own admin scopes it."""

    admin_site: admin.AdminSite

    def get_field_queryset(
        self, db: str | None, db_field: Field[Any, Any], request: HttpRequest
    ) -> QuerySet[Any]:
        remote = db_field.remote_field.model
        return scoped_choices(self.admin_site, remote, request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Columns that the database fills by itself are shown without having to be named twice."""
        opts = self.opts
        declared = list(super().get_readonly_fields(request, obj))
        shown = flatten(self.fields or [])
        columns = {column.name: column for column in opts.get_fields() if hasattr(column, "editable")}
        filled = [name for name in shown if name in columns and not columns[name].editable]
        return [*declared, *(name for name in filled if name not in declared)]

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.URLField):
            kwargs.setdefault("assume_scheme", "https")
        # The browser's own calendar and clock: they need no script, and know their reader's language.
        if isinstance(db_field, models.DateTimeField):
            kwargs.setdefault("form_class", forms.DateTimeField)
            kwargs.setdefault("widget", forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs=MOMENT))
        elif isinstance(db_field, models.DateField):
            kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        if db_field.name in self.get_autocomplete_fields(request):
            completed = CompletedSelectMultiple if db_field.many_to_many else CompletedSelect
            kwargs.setdefault("widget", completed(db_field, self.admin_site))
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.DateField) and field is not None:
            field.validators.append(validate_year)
        widget = getattr(field, "widget", None)
        for power in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if hasattr(widget, power):
                setattr(widget, power, False)  # no pop-up windows beside a field
        return field


def scoped_choices(site: admin.AdminSite, model: type[models.Model], request: HttpRequest) -> QuerySet[Any]:
    """The rows of a model that a reader may choose from; none where nobody said how to scope it."""
    if site.is_registered(model):
        its_admin = site.get_model_admin(model)
        if its_admin.has_view_permission(request):
            return its_admin.get_queryset(request)
    elif request.user.is_superuser:
        return model._default_manager.all()
    return model._default_manager.none()


class ScopedAdmin(ScopedChoices, VersionedAdmin):
    """The base of every ModelAdmin here. Say who may do what, and how rows are scoped where the model does not.

    `shared`: reference data, the same rows for all. Otherwise `scope` asks the model's `curated_by(user)`, then its
    `visible_to(user)`; a model with neither shows nothing to staff of a pôle until its admin overrides `scope`.
    """

    form = PlainForm
    staff_may = NOTHING
    platform_may = READ
    shared = False
    list_per_page = 50
    show_full_result_count = False
    save_on_top = False
    view_on_site = False
    list_title = ""
    #: Links of the admin's header for who may see these rows: (order, label, url name).
    header_links: Sequence[tuple[int, str | Promise, str]] = ()

    # -- who and which rows ------------------------------------------------------------------------------------

    def scope(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        for question in ("curated_by", "visible_to"):
            if hasattr(rows, question):
                return getattr(rows, question)(user)
        return rows.none()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows if self.shared or request.user.is_superuser else self.scope(rows, request.user)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """`?_to_field=` names no column; Django looks for one without a name."""
        return super().get_object(request, object_id, from_field or None)

    def may(self, request: HttpRequest, what: str) -> bool:
        user = request.user
        if not (user.is_authenticated and user.is_active):
            return False
        if user.is_superuser:
            return what in self.platform_may
        return user.is_staff and what in self.staff_may

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted from a page: a state says that a thing is over, erasure is a verb of its own."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "view")

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {what: self.may(request, what) for what in ("add", "change", "view")} | {"delete": False}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the declared filters: a query string must not become a way to guess other columns."""
        specs: Any = self.get_list_filter(request) if request else self.list_filter
        declared = {
            getattr(spec, "parameter_name", None) or (spec if isinstance(spec, str) else spec[0])
            for spec in specs
        }
        return any(lookup == name or lookup.startswith(f"{name}__") for name in declared)

    # -- lists -------------------------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return dated_columns(self.model, super().get_list_display(request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if ERROR_FLAG in request.GET:
            messages.warning(request, _("Un filtre ou une page n’existe pas. Voici la liste entière."))
            return HttpResponseRedirect(request.path)
        title = self.list_title or capfirst(str(self.opts.verbose_name_plural))
        try:
            return super().changelist_view(request, {"title": title, **(extra_context or {})})
        except DisallowedModelAdminLookup:
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")

    def get_action_choices(self, request: HttpRequest, default_choices: Any = None) -> list[tuple[str, str]]:
        return super().get_action_choices(request, default_choices or [("", _("Choisir une action"))])

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Run the action on what the reader may touch; say how many of the posted rows were left out."""
        if request.POST.get("select_across") == "1":
            return super().response_action(request, queryset)
        posted = set(request.POST.getlist(helpers.ACTION_CHECKBOX_NAME))
        keys = [key for key in posted if may_be_key(self.model, key)]
        known = {str(pk) for pk in queryset.filter(pk__in=keys).order_by().values_list("pk", flat=True)}
        if ignored := len(posted - known):
            messages.warning(
                request,
                ngettext(
                    "%(n)s ligne choisie ne relève pas de vous. Elle est ignorée.",
                    "%(n)s lignes choisies ne relèvent pas de vous. Elles sont ignorées.",
                    ignored,
                )
                % {"n": ignored},
            )
            if not known:
                return HttpResponseRedirect(request.get_full_path())
            data = request.POST.copy()
            data.setlist(helpers.ACTION_CHECKBOX_NAME, sorted(known))
            request.POST = data
        return super().response_action(request, queryset)

    # -- forms -------------------------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One history context for all that a form writes, inlines included. A refusal by a verb undoes the whole form,
        which comes back with all that was typed."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with pghistory.context(verb=f"admin.{self.opts.label_lower}", user=request.user.pk):
                return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as why:
            request.refusal = str(why)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", "")
        return form

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        """What the page of a row shows beside its form; `given` is the context so far."""
        return {}

    def title_of(self, obj: Any) -> str:
        return str(obj)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """The page is titled by what it shows."""
        if obj is not None:
            context |= self.page_context(request, obj, context)
            if self.has_change_permission(request, obj):
                self.add_version(request, context, obj)
        context["title"] = self.title_of(obj) if obj else capfirst(str(self.opts.verbose_name))
        context["subtitle"] = None
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if (pressed := self.press_button(request, obj)) is not None:
            return pressed
        messages.success(request, _("Enregistré : %(what)s.") % {"what": obj})
        if "_save" in request.POST:
            return self.response_post_save_change(request, obj)
        return HttpResponseRedirect(request.get_full_path())

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """History comes from triggers; Django's own log would keep names that an erasure does not reach."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """See `log_addition`."""

    # -- history -----------------------------------------------------------------------------------------------

    def history_sources(self, obj: Any) -> list[HistorySource]:
        """Whose history rows tell this object's story: its own; apps add what belongs to it."""
        return [HistorySource(type(obj), {"pk": obj.pk})] if is_tracked(type(obj)) else []

    #: Other models whose columns this page's own form writes: a restore of theirs goes through it too.
    written_by_form: Sequence[type[models.Model]] = ()

    def history_notes(self, obj: Any) -> list[HistoryLine]:
        """Lines that do not come from history rows: decisions."""
        return []

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Historique"),
            "lines": history_lines(
                self.history_sources(obj), self.history_notes(obj), self._way_back(request, obj)
            ),
            "object": obj,
            "opts": self.opts,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/object_history.html", context)

    def _way_back(self, request: HttpRequest, obj: Any) -> WayBack:
        """Where each former state that the reader may bring back is compared with what stands."""
        known = restorable_models(self, request, obj)

        def address(event: Any) -> str | None:
            model = event.pgh_tracked_model
            if model not in known or (event.pgh_label == "delete" and not known[model].may_add):
                return None
            names = [obj._meta.label_lower, obj.pk, model._meta.label_lower, event.pgh_id]
            return reverse("web_admin:restore", args=names)

        return address

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """The same words for what never was and for what is not the reader's."""
        messages.warning(request, _("Cette page n’existe pas, ou n’est pas de votre territoire."))
        return HttpResponseRedirect(reverse("admin:index", current_app=self.admin_site.name))


class ScopedInline(ScopedChoices):
    """Rows of the object on the page. `may` says what can be done with them where the object itself can change."""

    may: frozenset[str] = READ
    #: Columns that the form writes under another name: a restore brings them back with the others.
    written_by_form: Sequence[str] = ()
    extra = 0
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # the page that holds them was scoped

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return "add" in self.may

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return "change" in self.may

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return "delete" in self.may


class ScopedStackedInline(ScopedInline, admin.StackedInline):
    form = PlainForm
    view_on_site = False


class ScopedTabularInline(ScopedInline, admin.TabularInline):
    form = PlainForm
    view_on_site = False


class KnownValues(admin.SimpleListFilter):
    """A filter that refuses what it does not offer."""

    def chosen(self) -> str | None:
        value: Any = self.value()
        if value is None:
            return None
        if str(value) not in {str(key) for key, _label in self.lookup_choices}:
            raise IncorrectLookupParameters
        return str(value)  # a count of what each choice would find (`?_facets`) asks with the choice itself


class ColumnFilter(KnownValues):
    """The values that a column may take."""

    column: str
    offers: Iterable[tuple[Any, Any]]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        return list(self.offers)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.chosen()
        return queryset.filter(**{self.column: value}) if value else queryset
