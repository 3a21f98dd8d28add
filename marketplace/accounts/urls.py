"""Mounted under `/compte/`, beside allauth's pages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import views

app_name = "accounts"

urlpatterns = [
    path(_("invitation/<str:token>/"), views.invitation, name="invitation"),
]
