"""The organiser's pages of an event under /gestion/."""

from django.urls import path

from marketplace.events import admin_views

app_name = "events_admin"

_EVENT = "events/matchmakingevent/<int:pk>"
urlpatterns = [
    path(f"{_EVENT}/participants/", admin_views.participants_view, name="participants"),
    path(f"{_EVENT}/grille/", admin_views.grid_view, name="grid"),
    path(f"{_EVENT}/geste/", admin_views.act_on_event_view, name="act"),
    path(f"{_EVENT}/export/", admin_views.export_event_view, name="export"),
]
