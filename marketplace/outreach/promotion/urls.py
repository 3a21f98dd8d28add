"""Public addresses, mounted at the root of the site."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.outreach.promotion import feeds, posters, selection_catalogue, views

urlpatterns = [
    path(_("repertoire-integre/<slug:pole>/"), views.embed_view, name="embed"),
    path("p/<slug:pole>/", views.pole_view, name="pole"),
    path(_("nouvelles-entreprises.atom"), feeds.new_feed, name="new_feed"),
    path(_("nouvelles-entreprises.json"), feeds.new_json_feed, name="new_json_feed"),
    path(_("affiches/entreprise/<slug:slug>.pdf"), posters.supplier_poster, name="supplier_poster"),
    path(_("selection/catalogue.pdf"), selection_catalogue.selection_catalogue, name="selection_catalogue"),
    path(_("affiches/pole/<slug:pole>.pdf"), posters.pole_poster, name="pole_poster"),
]
