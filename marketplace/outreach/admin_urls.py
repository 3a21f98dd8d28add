"""The pôle's pages of outreach, under /gestion/."""

from django.urls import path

from marketplace.outreach.contact_log import views as contact_log

app_name = "outreach_admin"

urlpatterns = [
    path("outreach/contactentry/next/", contact_log.next_actions_page, name="next_actions"),
    path("accounts/organisation/<int:pk>/contacts/", contact_log.organisation_log, name="organisation_log"),
    path("outreach/contactentry/<int:pk>/state/", contact_log.contact_state, name="contact_state"),
]
