"""Under « demandes/ »; a supplier's page, the directory and a selection lead to the first with `?fournisseur=`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.dealings.inquiries import asking_views, exchange_views, webhook

urlpatterns = [
    path(_("demandes/nouvelle/"), asking_views.ask_view, name="ask"),
    path(_("demandes/"), asking_views.inquiries_view, name="inquiries"),
    path(_("demandes/recues/"), asking_views.received_view, name="received"),
    path(_("demandes/<int:pk>/"), asking_views.inquiry_view, name="inquiry"),
    path(_("demandes/<int:pk>/suite/"), asking_views.inquiry_act_view, name="inquiry_act"),
    path(_("demandes/<int:pk>/demande.csv"), asking_views.inquiry_csv_view, name="inquiry_csv"),
    path(_("demandes/<int:pk>/demande.pdf"), asking_views.inquiry_pdf_view, name="inquiry_pdf"),
    path(_("demandes/echanges/<int:pk>/"), exchange_views.exchange_view, name="exchange"),
    path(_("demandes/echanges/<int:pk>/refuser/"), exchange_views.decline_view, name="decline_inquiry"),
    path(_("demandes/echanges/<int:pk>/signaler/"), exchange_views.report_view, name="report"),
    path(
        _("demandes/echanges/<int:pk>/reconnaitre/<int:message>/"),
        exchange_views.accept_view,
        name="accept_held",
    ),
    path(_("demandes/echanges/<int:pk>/echange.pdf"), exchange_views.exchange_pdf_view, name="exchange_pdf"),
    path(_("demandes/pieces/<uuid:file>/"), exchange_views.file_view, name="inquiry_file"),
    path(_("courrier-entrant/"), webhook.incoming_mail_webhook, name="incoming_mail"),
]
