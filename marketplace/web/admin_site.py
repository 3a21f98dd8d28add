"""The back room at /gestion/: Django's admin with our header and our idea of who may enter."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class MaillageAdminSite(admin.AdminSite):
    site_title = _("Gestion | Maillage")
    site_header = _("Gestion")
    index_title = _("Ce qui vous attend")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Platform admins and staff of a pôle; everyone else is shown the sign-in page."""
        user = request.user
        return user.is_active and user.is_authenticated and user.is_staff


class MaillageAdminConfig(AdminConfig):
    default_site = "marketplace.web.admin_site.MaillageAdminSite"
