from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import claim_views, views
from .registration.urls import urlpatterns as registration

app_name = "suppliers"
urlpatterns = [
    path("", views.directory, name="directory"),
    *registration,
    path(_("revendications/<int:pk>/piece/"), claim_views.evidence, name="claim_evidence"),
    path(_("<slug:slug>/revendiquer/"), claim_views.claim, name="claim"),
    path(_("<slug:slug>/revendiquer/retirer/"), claim_views.withdraw, name="claim_withdraw"),
    path("<slug:slug>/", views.supplier, name="supplier"),
]
