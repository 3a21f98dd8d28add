"""Mounted at `/appels-doffres/`."""

from django.urls import path

from . import views

app_name = "tenders"
urlpatterns = [
    path("", views.tender_list_view, name="list"),
    path("<str:ocid>/", views.tender_view, name="tender"),
]
