"""The pages of curation under /gestion/."""

from django.urls import path

from suppliers.admin import views

app_name = "suppliers_admin"

urlpatterns = [
    path("suppliers/supplier/file/", views.queue_page, name="queue"),
    path("suppliers/supplier/<int:pk>/decision/", views.decision_page, name="decision"),
    path("suppliers/supplier/<int:pk>/criteres/", views.findings_page, name="findings"),
    path("suppliers/supplier/<int:pk>/inviter/", views.invitation_page, name="invitation"),
]
