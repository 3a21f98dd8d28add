"""The admin at /gestion/: Django's, with our header, our first page and our idea of who may enter."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from marketplace.web.folding import fold_text
from marketplace.web.site import site_page_url
from marketplace.web.waiting import staff_tiles


class MaillageAdminSite(admin.AdminSite):
    site_title = _("Gestion | Maillage")
    site_header = _("Gestion")
    index_title = _("Ce qui vous attend")
    site_url = "/"
    enable_nav_sidebar = False
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """Platform admins and staff of a pôle; everyone else is shown the sign-in page."""
        user = request.user
        return user.is_active and user.is_authenticated and user.is_staff

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what is scoped opens here: what a library registers for itself (groups, addresses) stays closed."""
        from marketplace.web.admin import ScopedAdmin

        if admin_class is not None and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's, less `view_on_site`: it would tell the address of any row by its number, whoever asks."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page for the whole site; someone signed in who is no staff gets a plain no."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(wanted)  # `redirect` would look for a view of that name
        if request.user.is_authenticated:
            raise PermissionDenied
        query = urlencode({REDIRECT_FIELD_NAME: wanted})
        return redirect(f"{reverse(settings.LOGIN_URL)}?{query}")

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect(site_page_url("password_change"))

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:index")

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An app's own index says nothing that the first page does not."""
        return redirect("admin:index")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        models = [
            model for app in self.get_app_list(request) for model in app["models"] if model["admin_url"]
        ]
        models.sort(key=lambda model: fold_text(model["name"]))
        for model in models:
            model["noun"] = model["model"]._meta.verbose_name
        shared = [getattr(self.get_model_admin(model["model"]), "shared", False) for model in models]
        own = {
            "waiting": staff_tiles(request.user),
            "work": [model for model, is_shared in zip(models, shared, strict=True) if not is_shared],
            "references": [model for model, is_shared in zip(models, shared, strict=True) if is_shared],
        }
        return super().index(request, {**own, **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "header_links": self.header_links(request)}

    def header_links(self, request: HttpRequest) -> list[dict[str, object]]:
        """The `header_links` of the admins that this reader may open; the one nearest to the page is the current one."""
        declared = [
            link
            for model_admin in self._registry.values()
            if model_admin.has_view_permission(request)
            for link in getattr(model_admin, "header_links", ())
        ]
        links = [
            (label, reverse(url_name))
            for _order, label, url_name in sorted(declared, key=lambda link: link[0])
        ]
        nearest = max((url for _label, url in links if request.path.startswith(url)), key=len, default="")
        return [{"label": label, "url": url, "is_current": url == nearest} for label, url in links]


class MaillageAdminConfig(AdminConfig):
    default_site = "marketplace.web.admin_site.MaillageAdminSite"
