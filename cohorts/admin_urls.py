"""Process pages of cohorts under /gestion/."""

from django.urls import path

from cohorts import admin_views

app_name = "cohorts_admin"

urlpatterns = [
    path("cohorts/cohort/<int:pk>/geste/", admin_views.move_cohort_view, name="move_cohort"),
    path("cohorts/application/<int:pk>/change/", admin_views.application_page_view, name="application"),
    path("cohorts/application/<int:pk>/decision/", admin_views.decide_application_view, name="decision"),
]
