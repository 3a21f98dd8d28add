"""Mounted at `/besoins/`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import moves, views, writing

app_name = "needs"
urlpatterns = [
    path("", views.need_list_view, name="list"),
    path(_("nouveau/"), writing.new_need, name="new"),
    path(_("mes-besoins/"), moves.my_needs, name="mine"),
    path(_("d-apres-un-avis/<int:pk>/"), moves.copy_tender_view, name="copy_tender"),
    path("<slug:slug>/", views.need_view, name="need"),
    path("<slug:slug>/documents/<uuid:pk>/", views.need_document, name="document"),
    path(_("<slug:slug>/modifier/"), writing.write_need, name="write"),
    path(_("<slug:slug>/publier/"), writing.publish_page, name="publish"),
    path(_("<slug:slug>/copier/"), moves.copy_need_view, name="copy"),
    path(_("<slug:slug>/annuler/"), moves.cancel_page, name="cancel"),
    path(_("<slug:slug>/fermer/"), moves.confirm_move, {"move": "close"}, name="close"),
    path(_("<slug:slug>/supprimer/"), moves.confirm_move, {"move": "delete"}, name="delete"),
    path(_("<slug:slug>/reprendre/"), moves.confirm_move, {"move": "take_back"}, name="take_back"),
]
