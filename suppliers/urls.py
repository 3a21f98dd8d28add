from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import claim_views, views
from .registration.urls import urlpatterns as registration

app_name = "suppliers"
urlpatterns = [
    path("", views.directory_view, name="directory"),
    path(_("propositions/"), views.suggestions_view, name="suggestions"),
    *registration,
    path(_("<slug:slug>/revendiquer/"), claim_views.claim, name="claim"),
    path("<slug:slug>/", views.supplier_view, name="supplier"),
]
