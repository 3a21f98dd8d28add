"""Mounted at `/appels-doffres/`."""

from django.urls import path

from . import converters as converters  # registers <ocid:…>
from . import views

app_name = "tenders"
urlpatterns = [
    path("", views.tender_list_view, name="list"),
    path("<ocid:ocid>/", views.tender_view, name="tender"),
]
