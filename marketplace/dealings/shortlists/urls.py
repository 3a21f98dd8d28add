"""Under « selection/ »."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import keep_views, views

urlpatterns = [
    path(_("selection/"), views.selection_view, name="selection"),
    path(_("selection/comparer/"), views.compare_view, name="compare"),
    path(_("selection/export.csv"), views.export_view, {"kind": "csv"}, name="export_csv"),
    path(_("selection/export.xlsx"), views.export_view, {"kind": "xlsx"}, name="export_xlsx"),
    path(_("selection/export.pdf"), views.export_view, {"kind": "pdf"}, name="export_pdf"),
    path(_("selection/retenir/"), keep_views.keep_view, name="keep_supplier"),
    path(_("selection/nouvelle/"), views.create_view, name="create_shortlist"),
    path(_("selection/<int:pk>/modifier/"), views.describe_view, name="describe_shortlist"),
    path(_("selection/<int:pk>/agir/"), views.act_view, name="act_on_shortlist"),
    path(_("selection/fournisseurs/<int:pk>/"), views.entry_view, name="shortlist_entry"),
]
