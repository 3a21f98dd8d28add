"""The page that brings back a former state, under /gestion/."""

from django.urls import path

from marketplace.web.admin_restore_views import restore_page

app_name = "web_admin"

urlpatterns = [
    path(
        "retablir/<str:label>/<str:object_id>/<str:model>/<int:event>/",
        restore_page,
        name="restore",
    ),
]
