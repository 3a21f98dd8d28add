"""Every address. French at /, English at /en/ with translated paths.

The admin and the API keep one address in both languages. The health checks answer before this, in a middleware.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.language_choice import set_language
from marketplace.outbox.metrics import metrics
from marketplace.outbox.tracking import mail_tracking_webhook
from marketplace.pages.sitemaps import sitemap, sitemap_file
from marketplace.pages.views import robots

urlpatterns: list[URLPattern | URLResolver] = [
    path("gestion/", include("marketplace.web.admin_urls")),
    path("gestion/", include("marketplace.classification.admin_urls")),
    path("gestion/", include("marketplace.accounts.admin_urls")),
    path("gestion/", include("marketplace.accounts.security.admin_urls")),
    path("gestion/", include("suppliers.admin_urls")),
    path("gestion/", include("buyers.needs.admin_urls")),
    path("gestion/", include("buyers.feeds.admin_urls")),
    path("gestion/", include("cohorts.admin_urls")),
    path("gestion/", include("marketplace.matching.admin_urls")),
    path("gestion/", include("marketplace.dealings.admin_urls")),
    path("gestion/", include("marketplace.events.admin_urls")),
    path("gestion/", include("marketplace.outreach.admin_urls")),
    path("gestion/", admin.site.urls),  # last: what it does not know does not exist
    path("api/v1/", include("marketplace.api.urls")),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<slug:section>-<int:number>.xml", sitemap_file, name="sitemap_file"),
    path("metrics", metrics, name="metrics"),
    path("courrier-sortant/", mail_tracking_webhook, name="mail_tracking"),
    *i18n_patterns(
        path("", include("marketplace.pages.urls")),
        path(_("fournisseurs/"), include("suppliers.urls")),
        path(_("appels-doffres/"), include("buyers.tender_urls")),
        path(_("besoins/"), include("buyers.needs.urls")),
        path(_("acheteurs/"), include("buyers.urls")),
        path(_("activites/"), include("marketplace.events.urls")),
        path("", include("cohorts.urls")),
        path("", include("marketplace.matching.urls")),
        path("", include("marketplace.dealings.urls")),
        path("", include("marketplace.outreach.urls")),
        path(_("langue/"), set_language, name="set_language"),
        path("", include("marketplace.accounts.urls")),
        path(_("compte/securite/"), include("marketplace.accounts.security.urls")),
        path(_("compte/"), include("marketplace.accounts.account_urls")),
        # Every mail as sent, and so every link that signs in: the demo only.
        *([path("", include("marketplace.demo.urls"))] if settings.DEMO else []),
        *([path("", include("marketplace.demo.gallery.urls"))] if settings.DEMO or settings.DEBUG else []),
        prefix_default_language=False,
    ),
]

handler400 = "marketplace.pages.error_views.bad_request"
handler403 = "marketplace.pages.error_views.forbidden"
handler404 = "marketplace.pages.error_views.not_found"
handler429 = "marketplace.web.limits.too_many_requests"  # allauth's name for it
handler500 = "marketplace.pages.error_views.server_error"
