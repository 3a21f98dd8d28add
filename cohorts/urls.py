"""Mounted at the root: the public pages under « cohortes/ », a person's own requests under « mon-espace/cohortes/ »."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from cohorts import views

app_name = "cohorts"

urlpatterns = [
    path(_("cohortes/"), views.cohorts, name="list"),
    path(_("cohortes/<slug:slug>/"), views.cohort, name="cohort"),
    path(_("cohortes/<slug:slug>/ateliers.ics"), views.calendar, name="calendar"),
    path(_("cohortes/<slug:slug>/candidature/"), views.apply, name="apply"),
    path(_("mon-espace/cohortes/"), views.mine, name="mine"),
    path(_("mon-espace/cohortes/<int:pk>/"), views.application, name="application"),
    path(_("mon-espace/cohortes/<int:pk>/confirmer/"), views.confirm, name="confirm"),
    path(_("mon-espace/cohortes/<int:pk>/retrait/"), views.withdraw, name="withdraw"),
]
