"""Under « demandes/ »; a supplier's page, the directory and a selection lead to the first with `?fournisseur=`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.dealings.inquiries import views, webhook

urlpatterns = [
    path(_("demandes/nouvelle/"), views.ask_view, name="ask"),
    path(_("demandes/"), views.inquiries_view, name="inquiries"),
    path(_("demandes/recues/"), views.received_view, name="received"),
    path(_("demandes/<int:pk>/"), views.inquiry_view, name="inquiry"),
    path(_("demandes/<int:pk>/suite/"), views.inquiry_act_view, name="inquiry_act"),
    path(_("demandes/<int:pk>/demande.csv"), views.inquiry_csv_view, name="inquiry_csv"),
    path(_("demandes/<int:pk>/demande.pdf"), views.inquiry_pdf_view, name="inquiry_pdf"),
    path(_("demandes/echanges/<int:pk>/"), views.exchange_view, name="exchange"),
    path(_("demandes/echanges/<int:pk>/refuser/"), views.decline_view, name="decline_inquiry"),
    path(_("demandes/echanges/<int:pk>/signaler/"), views.report_view, name="report"),
    path(_("demandes/echanges/<int:pk>/reconnaitre/<int:message>/"), views.accept_view, name="accept_held"),
    path(_("demandes/echanges/<int:pk>/echange.pdf"), views.exchange_pdf_view, name="exchange_pdf"),
    path(_("demandes/pieces/<uuid:file>/"), views.file_view, name="inquiry_file"),
    path(_("courrier-entrant/"), webhook.incoming_mail_webhook, name="incoming_mail"),
]
