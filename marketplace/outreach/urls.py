"""Mounted at the root of the site."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.outreach import mail_views
from marketplace.outreach.promotion.urls import urlpatterns as promotion
from marketplace.outreach.writing.member_views import pole_letters_page

app_name = "outreach"

urlpatterns = [
    path(_("mon-espace/lettres/"), pole_letters_page, name="pole_letters"),
    path(_("desabonnement/lettres/<str:token>/"), mail_views.stop_letters_page, name="stop_letters"),
    path(_("desabonnement/rappels/<str:token>/"), mail_views.stop_reminders_page, name="stop_reminders"),
    *promotion,
]
