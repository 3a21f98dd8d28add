"""The site with the gallery, whatever the environment of the tests says of DEMO and DEBUG."""

from django.urls import include, path

from marketplace.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*urlpatterns, path("", include("marketplace.demo.gallery.urls"))]
