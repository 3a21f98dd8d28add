"""Process pages of needs under /gestion/."""

from django.urls import path

from buyers.needs import admin_views

app_name = "needs_admin"
urlpatterns = [
    path("buyers/need/<int:pk>/change/", admin_views.need_page, name="need"),
    path("buyers/need/<int:pk>/decision/", admin_views.decide_need_view, name="decision"),
]
