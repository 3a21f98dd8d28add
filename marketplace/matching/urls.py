"""Mounted at the root: the page of one's alerts, and the mailed links under « desabonnement/ »."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.matching import views

app_name = "matching"

urlpatterns = [
    path(_("mon-espace/alertes/"), views.alert_list, name="alert_list"),
    path(_("desabonnement/tout/<str:token>/"), views.stop_all_page, name="stop_all"),
    path(_("desabonnement/<str:token>/"), views.unsubscribe_page, name="unsubscribe"),
]
