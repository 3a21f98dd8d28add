"""Mounted at the root: the pages of one's alerts and searches, and the mailed links under « desabonnement/ »."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.matching import views
from marketplace.matching.buyer_suggestions import views as supplier_views
from marketplace.matching.saved_searches import views as search_views

app_name = "matching"

urlpatterns = [
    path(_("mon-espace/alertes/"), views.alert_list, name="alert_list"),
    path(_("mon-espace/recherches/"), search_views.saved_search_list, name="saved_searches"),
    path(_("mon-espace/recherches/enregistrer/"), search_views.save_search_page, name="save_search"),
    path(_("mon-espace/recherches/<int:pk>/"), search_views.saved_search_page, name="saved_search"),
    path(_("mon-espace/nouveaux-fournisseurs/"), supplier_views.new_suppliers_page, name="new_suppliers"),
    path(
        _("desabonnement/fournisseurs/<str:token>/"),
        supplier_views.stop_new_suppliers_page,
        name="stop_new_suppliers",
    ),
    path(_("desabonnement/recherches/<str:token>/"), search_views.stop_searches_page, name="stop_searches"),
    path(_("desabonnement/tout/<str:token>/"), views.stop_all_page, name="stop_all"),
    path(_("desabonnement/<str:token>/"), views.unsubscribe_page, name="unsubscribe"),
]
