"""Process pages of sources under /gestion/."""

from django.urls import path

from buyers.feeds import admin_views

app_name = "feeds_admin"
urlpatterns = [
    path("buyers/noticesource/<int:pk>/lire/", admin_views.read_source_view, name="read_source"),
    path("buyers/feedfile/<int:pk>/change/", admin_views.file_page, name="file"),
    path("buyers/feedfile/<int:pk>/relire/", admin_views.read_file_view, name="read_file"),
]
