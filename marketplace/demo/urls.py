"""Mounted at the root, in the demo only."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.demo import notices, views

app_name = "demo"

urlpatterns = [
    path(_("avis-simule/<int:number>/"), notices.simulated_notice, name="notice"),
    path(_("avis-simule/<int:number>/<slug:name>.pdf"), notices.simulated_document, name="document"),
    path(_("courriels/"), views.stored_email_list, name="mailbox"),
    path(_("courriels/<str:name>/"), views.stored_email_detail, name="letter"),
    path(_("courriels/<str:name>/html/"), views.stored_email_html, name="letter_html"),
    path(_("courriels/<str:name>/message.eml"), views.stored_email_source, name="letter_source"),
]
