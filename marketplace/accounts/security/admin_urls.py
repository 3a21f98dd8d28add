"""Pages of security under /gestion/: a person's second factor, the log's export."""

from django.urls import path

from marketplace.accounts.security.admin import second_factor_page
from marketplace.accounts.security.log_admin import export_security_log

app_name = "security_admin"

urlpatterns = [
    path("accounts/user/<int:pk>/deux-etapes/", second_factor_page, name="second_factor"),
    path("security/securityevent/exporter/", export_security_log, name="export_log"),
]
