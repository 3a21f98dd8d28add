"""Mounted at the root: the public pages under « cohortes/ », a person's own requests under « mon-espace/cohortes/ »."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from cohorts import views

app_name = "cohorts"

urlpatterns = [
    path(_("cohortes/"), views.cohort_list_view, name="list"),
    path(_("cohortes/<slug:slug>/"), views.cohort_view, name="cohort"),
    path(_("cohortes/<slug:slug>/ateliers.ics"), views.workshop_calendar_view, name="calendar"),
    path(_("cohortes/<slug:slug>/candidature/"), views.application_form_view, name="apply"),
    path(_("mon-espace/cohortes/"), views.my_applications_view, name="mine"),
    path(_("mon-espace/cohortes/<int:pk>/"), views.application_view, name="application"),
    path(_("mon-espace/cohortes/<int:pk>/confirmer/"), views.confirm_place_view, name="confirm"),
    path(_("mon-espace/cohortes/<int:pk>/retrait/"), views.withdraw_application_view, name="withdraw"),
]
