"""The pages of curation under /gestion/."""

from django.urls import path

from suppliers.admin import (
    drift_views,
    duplicate_views,
    import_views,
    neq_views,
    sheet_views,
    triage_views,
    undo_views,
    views,
)

app_name = "suppliers_admin"

urlpatterns = [
    path("suppliers/supplier/file/", views.queue_page, name="queue"),
    path("suppliers/supplier/trier/", triage_views.triage_page, name="triage"),
    path("suppliers/supplier/importer/", import_views.import_page, name="import"),
    path("suppliers/importation/<int:pk>/", import_views.import_job_page, name="import_job"),
    path(
        "suppliers/importation/<int:pk>/colonnes/",
        import_views.import_columns_page,
        name="import_columns",
    ),
    path(
        "suppliers/importation/<int:pk>/a-corriger/",
        import_views.import_annotated_file,
        name="import_annotated",
    ),
    path("suppliers/importation/<int:pk>/annuler/", import_views.import_undo_page, name="import_undo"),
    path("suppliers/supplier/tableur/", sheet_views.sheets_page, name="sheets"),
    path("suppliers/supplier/tableur/exporter/", sheet_views.export_sheet, name="sheet_export"),
    path("suppliers/tableur/<int:pk>/", sheet_views.sheet_page, name="sheet"),
    path("suppliers/supplier/<int:pk>/fichier/", import_views.difference_page, name="difference"),
    path("suppliers/doublons/", duplicate_views.duplicates_page, name="duplicates"),
    path("suppliers/doublons/ecarter/", duplicate_views.dismiss_page, name="dismiss_duplicates"),
    path("suppliers/doublons/<int:first>/<int:second>/", duplicate_views.compare_page, name="compare"),
    path("suppliers/doublons/reunion/<int:pk>/annuler/", duplicate_views.unmerge_page, name="unmerge"),
    path("suppliers/registre/", drift_views.drift_page, name="drift"),
    path("suppliers/registre/extrait/", drift_views.extract_page, name="drift_extract"),
    path("suppliers/neq/", neq_views.neq_list_page, name="neqs"),
    path("suppliers/neq/confirmer/", neq_views.confirm_neqs_page, name="confirm_neqs"),
    path("suppliers/neq/<int:pk>/", neq_views.neq_decision_page, name="neq_decision"),
    path("suppliers/neq/<int:pk>/annuler/", neq_views.neq_undo_page, name="neq_undo"),
    path("suppliers/supplier/<int:pk>/neq/", neq_views.neq_of_supplier_page, name="neq_of_supplier"),
    path("suppliers/decision/<int:pk>/annuler/", undo_views.undo_page, name="undo_decision"),
    path("suppliers/decision/lots/", undo_views.batches_page, name="batches"),
    path("suppliers/decision/lots/<uuid:batch>/", undo_views.batch_page, name="batch"),
]
