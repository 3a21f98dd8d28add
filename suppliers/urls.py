from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import claim_views, reference_views, views
from .registration.urls import urlpatterns as registration

app_name = "suppliers"
urlpatterns = [
    path("", views.directory_view, name="directory"),
    path(_("propositions/"), views.suggestions_view, name="suggestions"),
    *registration,
    path("images/<slug:size>/<slug:key>.webp", views.picture_view, name="picture"),
    path("references/<slug:token>/", reference_views.answer_reference, name="reference"),
    path(_("<slug:slug>/fiche.pdf"), views.sheet_view, name="sheet"),
    path(_("<slug:slug>/apercu.png"), views.link_picture_view, name="link_picture"),
    path(_("<slug:slug>/joindre/"), views.reach_view, name="reach"),
    path(_("<slug:slug>/revendiquer/"), claim_views.claim, name="claim"),
    path("<slug:slug>/", views.supplier_view, name="supplier"),
]
