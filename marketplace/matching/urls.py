"""Mounted at the root: the pages of one's alerts, searches and mails, and the mailed links under « desabonnement/ »."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from marketplace.matching.alerts import reading_views, views
from marketplace.matching.buyer_suggestions import views as supplier_views
from marketplace.matching.mail_preferences import views as mail_views
from marketplace.matching.saved_searches import views as search_views

app_name = "matching"

urlpatterns = [
    path(_("mon-espace/alertes/"), views.alert_list, name="alert_list"),
    path(_("mon-espace/alertes/nouvelle/"), views.new_alert_page, name="new_alert"),
    path(_("mon-espace/alertes/<int:pk>/"), views.alert_page, name="alert"),
    path(_("mon-espace/alertes/adresse/"), reading_views.address_page, name="alert_address"),
    path(_("mon-espace/alertes/flux/"), reading_views.feeds_page, name="alert_feeds"),
    path(_("mon-espace/courriels/"), mail_views.my_mails, name="my_mails"),
    path(_("mon-espace/recherches/"), search_views.saved_search_list, name="saved_searches"),
    path(_("mon-espace/recherches/enregistrer/"), search_views.save_search_page, name="save_search"),
    path(_("mon-espace/recherches/<int:pk>/"), search_views.saved_search_page, name="saved_search"),
    path(_("mon-espace/nouveaux-fournisseurs/"), supplier_views.new_suppliers_page, name="new_suppliers"),
    path(_("courriel-d-alerte/<str:token>/"), reading_views.digest_page, name="digest"),
    path(_("choisir-mes-courriels/<str:token>/"), mail_views.mail_preferences_page, name="mail_preferences"),
    path(_("confirmer-une-adresse/<str:token>/"), reading_views.confirm_address_page, name="confirm_address"),
    path(_("avis-pour-moi/<str:token>.ics"), reading_views.calendar_feed, name="notice_calendar_feed"),
    path(_("avis-pour-moi/<str:token>.xml"), reading_views.rss_feed, name="notice_rss_feed"),
    path(
        _("desabonnement/fournisseurs/<str:token>/"),
        mail_views.stop_page,
        {"read": mail_views.named_new_suppliers},
        name="stop_new_suppliers",
    ),
    path(
        _("desabonnement/recherches/<str:token>/"),
        mail_views.stop_page,
        {"read": mail_views.named_searches},
        name="stop_searches",
    ),
    path(
        _("desabonnement/tout/<str:token>/"),
        mail_views.stop_page,
        {"read": mail_views.named_all_alerts},
        name="stop_all",
    ),
    path(
        _("desabonnement/<str:token>/"),
        mail_views.stop_page,
        {"read": mail_views.named_alerts},
        name="unsubscribe",
    ),
]
