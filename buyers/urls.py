"""Mounted at `/acheteurs/`."""

from django.urls import path

from . import views

app_name = "buyers"
urlpatterns = [
    path("", views.buyers, name="list"),
    path("<slug:slug>/", views.buyer, name="buyer"),
]
