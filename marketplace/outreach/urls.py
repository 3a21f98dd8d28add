"""Mounted at the root of the site."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.outreach import mail_views
from marketplace.outreach.campaigns import views as campaigns
from marketplace.outreach.pipeline import invite_views
from marketplace.outreach.promotion.urls import urlpatterns as promotion
from marketplace.outreach.writing.member_views import pole_letters_page

app_name = "outreach"

urlpatterns = [
    path(_("mon-espace/lettres/"), pole_letters_page, name="pole_letters"),
    path(_("desabonnement/lettres/<str:token>/"), mail_views.stop_letters_page, name="stop_letters"),
    path(_("desabonnement/rappels/<str:token>/"), mail_views.stop_reminders_page, name="stop_reminders"),
    *promotion,
    path(_("campagnes/<slug:slug>/"), campaigns.landing_page, name="campaign"),
    path(_("campagnes/ne-plus-ecrire/<str:token>/"), campaigns.refuse_page, name="refuse"),
    path(_("acheteurs/invitation/<str:token>/"), invite_views.arrival_page, name="institution_invitation"),
]
