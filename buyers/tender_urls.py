"""Mounted at `/appels-doffres/`."""

from django.urls import path

from . import views

app_name = "tenders"
urlpatterns = [
    path("", views.tenders, name="list"),
    path("<str:ocid>/", views.tender, name="tender"),
]
