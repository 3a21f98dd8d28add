"""Every address. French at /, English at /en/ with translated paths."""

from importlib.util import find_spec

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _


def _room(route: str, urls: str) -> list[URLResolver]:
    """A room's addresses; nothing while its urls.py is still being written."""
    return [path(route, include(urls))] if find_spec(urls) else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("gestion/", admin.site.urls),
    *_room("api/v1/", "marketplace.api.urls"),
    *i18n_patterns(
        path("", include("marketplace.pages.urls")),
        *_room(_("fournisseurs/"), "suppliers.urls"),
        *_room(_("appels-doffres/"), "buyers.tender_urls"),
        *_room(_("acheteurs/"), "buyers.urls"),
        *_room("", "marketplace.alerts.urls"),
        *_room("", "marketplace.dealings.urls"),
        *_room(_("compte/"), "marketplace.accounts.urls"),
        path(_("compte/"), include("allauth.urls")),
        *(_room("", "marketplace.demo.urls") if settings.DEMO else []),
        prefix_default_language=False,
    ),
]

handler400 = "marketplace.pages.oops.bad_request"
handler403 = "marketplace.pages.oops.forbidden"
handler404 = "marketplace.pages.oops.not_found"
handler500 = "marketplace.pages.oops.server_error"
