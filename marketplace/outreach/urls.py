"""Mounted at the root of the site."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.outreach import mail_views

app_name = "outreach"

urlpatterns = [
    path(_("desabonnement/rappels/<str:token>/"), mail_views.stop_reminders_page, name="stop_reminders"),
]
