"""The site with the demo's own pages, whatever the environment of the tests says of DEMO."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from marketplace.urls import handler400, handler403, handler404, handler500
from marketplace.urls import urlpatterns as of_the_site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    *of_the_site,
    *i18n_patterns(path("", include("marketplace.demo.urls")), prefix_default_language=False),
]
