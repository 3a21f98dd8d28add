"""Mounted under « activites/ »."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.events import views

app_name = "events"

urlpatterns = [
    path("", views.event_list, name="list"),
    path(_("calendrier/<str:token>.ics"), views.calendar, name="calendar"),
    path("<slug:slug>/", views.event, name="event"),
    path(_("<slug:slug>/inscription/"), views.register, name="register"),
    path(_("<slug:slug>/souhaits/"), views.wishes, name="wishes"),
    path(_("<slug:slug>/horaire/"), views.agenda, name="agenda"),
    path(_("<slug:slug>/horaire/lien/"), views.renew_calendar, name="renew_calendar"),
]
