"""Mounted at `/besoins/`."""

from django.urls import path

from . import views

app_name = "needs"
urlpatterns = [
    path("", views.need_list_view, name="list"),
    path("<slug:slug>/", views.need_view, name="need"),
    path("<slug:slug>/documents/<uuid:pk>/", views.need_document, name="document"),
]
