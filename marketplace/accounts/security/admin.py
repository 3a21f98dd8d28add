"""On a person's page in the admin: whether they have a second factor, and taking a lost one away."""

from __future__ import annotations

from django.contrib import admin, messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.security import log_admin, second_factor  # noqa: F401  # the log's list registers itself
from marketplace.accounts.security.models import SecondFactor
from marketplace.web.admin_history import HistorySource
from marketplace.web.admin_lists import badge_cell
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused


class SecondFactorPages(admin.ModelAdmin):
    """Mixed into the admin of people: a line on the page and lines in the history."""

    @admin.display(description=gettext_lazy("vérification en deux étapes"))
    def second_factor(self, user: User) -> SafeString:
        if not user.pk or not second_factor.has_second_factor(user):
            return badge_cell("plain", _("inactive"))
        return format_html(
            '{} <a href="{}">{}</a>',
            badge_cell("ok", _("active")),
            reverse("security_admin:second_factor", args=[user.pk]),
            _("Désactiver (téléphone perdu)"),
        )

    def second_factor_history(self, user: User) -> list[HistorySource]:
        return [HistorySource(SecondFactor, {"user_id": user.pk})]


@staff_member_required
def second_factor_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET says what taking the second factor away does; POST does it. Platform admins only."""
    if not request.user.is_superuser:
        raise Http404
    person = get_object_or_404(User, pk=pk)
    back = reverse("admin:accounts_user_change", args=[pk])
    if request.method == "POST":
        try:
            second_factor.reset_second_factor(
                user=person, by=request.user if isinstance(request.user, User) else None
            )
        except Refused as why:
            messages.error(request, str(why))
        else:
            messages.success(
                request,
                _("La vérification est désactivée. Un courriel en avise %(name)s.") % {"name": person},
            )
        return redirect(back)
    return render_admin_page(
        request,
        "admin/accounts/user/second_factor.html",
        title=_("Désactiver la vérification en deux étapes?"),
        crumbs=[
            (capfirst(User._meta.verbose_name_plural), reverse("admin:accounts_user_changelist")),
            (str(person), back),
        ],
        person=person,
        has_one=second_factor.has_second_factor(person),
        back=back,
    )
