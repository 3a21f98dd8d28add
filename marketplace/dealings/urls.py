"""Mounted at the root: refusals stand under « pas-pour-nous/ »; each other capability has its own addresses."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from marketplace.dealings import decline_views
from marketplace.dealings import notices as notices  # registers <notice:…>

app_name = "dealings"

urlpatterns = [
    path(_("pas-pour-nous/"), decline_views.declined_list_page, name="declined"),
    path(_("pas-pour-nous/<notice:key>/"), decline_views.decline_notice_page, name="decline_notice"),
    path("", include("marketplace.dealings.need_exchanges.urls")),
    path(_("pas-pour-nous/<str:token>/"), decline_views.decline_link_page, name="decline"),
    path("", include("marketplace.dealings.inquiries.urls")),
    path("", include("marketplace.dealings.own_lists.urls")),
    path("", include("marketplace.dealings.interests.urls")),
    path("", include("marketplace.dealings.consortiums.urls")),
    path("", include("marketplace.dealings.shortlists.urls")),
    path("", include("marketplace.dealings.outcomes.urls")),
    path("", include("marketplace.dealings.contracts.urls")),
]
