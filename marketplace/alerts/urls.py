"""Mounted at the root: the page of one's alerts, and the mailed links under « desabonnement/ »."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.alerts import views

app_name = "alerts"

urlpatterns = [
    path(_("mon-espace/alertes/"), views.alert_list, name="list"),
    path(_("desabonnement/tout/<str:token>/"), views.all_stop, name="all_stop"),
    path(_("desabonnement/<str:token>/"), views.unsubscribe, name="unsubscribe"),
]
