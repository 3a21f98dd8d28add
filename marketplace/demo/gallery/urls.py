"""Mounted at the root, in the demo and in debug only."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.demo.gallery import views

app_name = "gallery"

urlpatterns = [
    path(_("composants/"), views.gallery_components, name="components"),
    path(_("composants/champs/"), views.gallery_form, name="form"),
]
