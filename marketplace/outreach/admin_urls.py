"""The pôle's pages of outreach, under /gestion/."""

from django.urls import URLPattern

app_name = "outreach_admin"

urlpatterns: list[URLPattern] = []
