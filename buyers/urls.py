"""Mounted at `/acheteurs/`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import registration_views, views

app_name = "buyers"
urlpatterns = [
    path("", views.buyer_list_view, name="list"),
    path(_("inscription/"), registration_views.start, name="register"),
    path(_("inscription/institution/"), registration_views.institution, name="register_institution"),
    path("<slug:slug>/", views.buyer_view, name="buyer"),
]
