"""Mounted at the root: refusals stand under « pas-pour-nous/ »; each other capability has its own addresses."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from buyers import converters as converters  # registers <ocid:…>
from marketplace.dealings import decline_views

app_name = "dealings"

urlpatterns = [
    path(_("pas-pour-nous/avis/<ocid:ocid>/"), decline_views.decline_tender_page, name="decline_tender"),
    path(_("pas-pour-nous/<str:token>/"), decline_views.decline_link_page, name="decline"),
    path("", include("marketplace.dealings.inquiries.urls")),
    path("", include("marketplace.dealings.own_lists.urls")),
]
