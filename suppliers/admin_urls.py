"""The pages of curation under /gestion/."""

from django.urls import path

from suppliers.admin import undo_views, views

app_name = "suppliers_admin"

urlpatterns = [
    path("suppliers/supplier/file/", views.queue_page, name="queue"),
    path("suppliers/supplier/<int:pk>/decision/", views.decision_page, name="decision"),
    path("suppliers/supplier/<int:pk>/criteres/", views.findings_page, name="findings"),
    path("suppliers/supplier/<int:pk>/inviter/", views.invitation_page, name="invitation"),
    path("suppliers/decision/<int:pk>/annuler/", undo_views.undo_page, name="undo_decision"),
    path("suppliers/decision/lots/", undo_views.batches_page, name="batches"),
    path("suppliers/decision/lots/<uuid:batch>/", undo_views.batch_page, name="batch"),
]
