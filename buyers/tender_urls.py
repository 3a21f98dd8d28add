"""Mounted at `/appels-doffres/`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import converters as converters  # registers <ocid:…>
from . import views

app_name = "tenders"
urlpatterns = [
    path("", views.tender_list_view, name="list"),
    path(_("<ocid:ocid>/apercu.png"), views.link_picture_view, name="picture"),
    path("<ocid:ocid>/", views.tender_view, name="tender"),
]
