"""Mounted under « activites/ »."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.events import sharing, views

app_name = "events"

urlpatterns = [
    path("", views.event_list_view, name="list"),
    path(_("calendrier/<str:token>.ics"), views.agenda_calendar_view, name="calendar"),
    path("<slug:slug>/", views.event_view, name="event"),
    path(_("<slug:slug>/apercu.png"), sharing.link_picture_view, name="picture"),
    path(_("<slug:slug>/affiche.pdf"), sharing.poster_view, name="poster"),
    path(_("<slug:slug>/inscription/"), views.registration_view, name="register"),
    path(_("<slug:slug>/souhaits/"), views.wishes_view, name="wishes"),
    path(_("<slug:slug>/horaire/"), views.agenda_view, name="agenda"),
    path(_("<slug:slug>/horaire/lien/"), views.renew_calendar_view, name="renew_calendar"),
]
