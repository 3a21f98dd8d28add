"""Under « besoins/<slug>/ » and beside a notice; included by `dealings.urls`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from buyers import converters as converters  # registers <ocid:…>

from . import decision_views, fit_views, question_views, quote_views

urlpatterns = [
    path(_("qui-peut-repondre/<ocid:ocid>/"), fit_views.tender_fit_view, name="tender_fit"),
    path(_("acheteurs/<slug:slug>/invitations/"), fit_views.invitation_record_view, name="invitation_record"),
    path(_("besoins/<slug:slug>/qui-peut-repondre/"), fit_views.need_fit_view, name="need_fit"),
    path(
        _("besoins/<slug:slug>/invitations/<int:pk>/retirer/"),
        fit_views.withdraw_invitation_view,
        name="need_withdraw_invitation",
    ),
    path(_("besoins/<slug:slug>/questions/"), question_views.need_questions_view, name="need_questions"),
    path(_("besoins/<slug:slug>/proposition/"), quote_views.need_quote_view, name="need_quote"),
    path(_("besoins/<slug:slug>/propositions/"), decision_views.need_quotes_view, name="need_quotes"),
    path(
        _("besoins/<slug:slug>/propositions/<int:pk>/fichier/"),
        quote_views.need_quote_file_view,
        name="need_quote_file",
    ),
    path(_("besoins/<slug:slug>/dossier.pdf"), decision_views.need_record_view, name="need_record"),
    path(_("besoins/<slug:slug>/contrat/"), decision_views.need_contract_view, name="need_contract"),
]
