"""Process pages of accounts under /gestion/."""

from django.urls import path

from marketplace.accounts import domain_admin_views, join_admin_views, people_views

app_name = "accounts_admin"

urlpatterns = [
    path("accounts/personnes/", people_views.people, name="people"),
    path("accounts/emaildomain/<int:pk>/change/", domain_admin_views.domain_decision, name="email_domain"),
    path(
        "accounts/joinrequest/<int:pk>/change/",
        join_admin_views.join_request_decision_page,
        name="join_request",
    ),
    path("accounts/joinrequest/<int:pk>/decision/", join_admin_views.decide_join_request, name="decision"),
    path("accounts/joinrequest/<int:pk>/annuler/", join_admin_views.undo_join_page, name="undo_join"),
]
