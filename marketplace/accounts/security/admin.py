"""On a person's page in the back room: whether they have a second factor, and taking a lost one away."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.security import second_factor
from marketplace.accounts.security.models import SecondFactor
from marketplace.web import admin_cells, admin_history
from marketplace.web.errors import Refused

URL_NAME = "accounts_user_second_factor"


class SecondFactorPages(admin.ModelAdmin):
    """Mixed into the admin of people: a line on the page, a page to confirm, lines in the history."""

    @admin.display(description=gettext_lazy("vérification en deux étapes"))
    def second_factor(self, user: User) -> SafeString:
        if not user.pk or not second_factor.has_one(user):
            return admin_cells.badge("plain", _("inactive"))
        return format_html(
            '{} <a href="{}">{}</a>',
            admin_cells.badge("ok", _("active")),
            reverse(f"admin:{URL_NAME}", args=[user.pk]),
            _("Retirer (téléphone perdu)"),
        )

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<path:object_id>/deux-etapes/", self.admin_site.admin_view(self.reset_view), name=URL_NAME
        )
        return [own, *super().get_urls()]

    def reset_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET says what follows; POST does it."""
        user: Any = self.get_object(request, object_id)
        if user is None or not self.has_change_permission(request, user):
            raise Http404
        back = reverse("admin:accounts_user_change", args=[user.pk])
        if request.method == "POST":
            try:
                second_factor.reset(user=user, by=request.user if isinstance(request.user, User) else None)
            except Refused as why:
                messages.error(request, str(why))
            else:
                messages.success(
                    request,
                    _("La vérification est retirée. %(name)s en est avisé par courriel.") % {"name": user},
                )
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Retirer la vérification en deux étapes?"),
            "opts": self.opts,
            "person": user,
            "has_one": second_factor.has_one(user),
            "back": back,
        }
        return TemplateResponse(request, "admin/accounts/user/second_factor.html", context)

    def second_factor_history(self, user: User) -> list[admin_history.Source]:
        return [admin_history.Source(SecondFactor, {"user_id": user.pk})]
