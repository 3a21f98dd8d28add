"""Under « mon-espace/mes-fournisseurs/ »."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.dealings.own_lists import views

urlpatterns = [
    path(_("mon-espace/mes-fournisseurs/"), views.own_list_index, name="own_lists"),
    path(_("mon-espace/mes-fournisseurs/<int:pk>/"), views.own_list_page, name="own_list"),
    path(
        _("mon-espace/mes-fournisseurs/<int:pk>/colonnes/"), views.own_list_columns, name="own_list_columns"
    ),
    path(
        _("mon-espace/mes-fournisseurs/<int:pk>/remplacements/"),
        views.own_list_replacements,
        name="own_list_replacements",
    ),
    path(
        _("mon-espace/mes-fournisseurs/<int:pk>/lignes/<int:row>/"),
        views.own_list_row_decision,
        name="own_list_row",
    ),
    path(
        _("mon-espace/mes-fournisseurs/<int:pk>/confirmer/"),
        views.own_list_confirm_sure,
        name="own_list_confirm",
    ),
    path(
        _("mon-espace/mes-fournisseurs/<int:pk>/liste.csv"),
        views.own_list_export,
        {"kind": "csv"},
        name="own_list_csv",
    ),
    path(
        _("mon-espace/mes-fournisseurs/<int:pk>/liste.xlsx"),
        views.own_list_export,
        {"kind": "xlsx"},
        name="own_list_xlsx",
    ),
    path(_("mon-espace/mes-fournisseurs/<int:pk>/effacer/"), views.own_list_erase, name="own_list_erase"),
]
