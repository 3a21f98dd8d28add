"""Pages about a person's second factor under /gestion/."""

from django.urls import path

from marketplace.accounts.security.admin import second_factor_page

app_name = "security_admin"

urlpatterns = [
    path("accounts/user/<int:pk>/deux-etapes/", second_factor_page, name="second_factor"),
]
