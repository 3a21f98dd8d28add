"""What a person does about accounts and organisations, beside allauth's pages."""

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import domain_views, join_views, member_views, own_data_views, views
from marketplace.accounts.models import Side

app_name = "accounts"

team: list[URLPattern | URLResolver] = [
    path("", member_views.members_page, name="members"),
    path(_("changer/"), member_views.change_team, name="members_change"),
    path(_("quitter/"), member_views.leave_team, name="members_leave"),
    path(_("<int:membership>/retirer/"), member_views.remove_from_team, name="members_remove"),
    path(_("<int:membership>/ceder/"), member_views.hand_over_team, name="members_hand_over"),
]
domains: list[URLPattern | URLResolver] = [
    path("", domain_views.domain_list, name="domains"),
    path(_("<int:domain>/retirer/"), domain_views.remove_own_domain, name="domain_remove"),
]
my_space: list[URLPattern | URLResolver] = [
    path(_("organisations/<int:pk>/membres/"), include(team)),
    path(_("organisations/<int:pk>/domaines/"), include(domains)),
    path(_("mes-renseignements/"), own_data_views.own_data, name="own_data"),
    path(_("mes-renseignements/exporter/"), own_data_views.export_own_data, name="own_data_export"),
    path(_("mes-renseignements/effacer/"), own_data_views.erase_own_account, name="erase"),
    path(_("invitations/<int:pk>/"), member_views.own_invitation, name="own_invitation"),
]

urlpatterns = [
    path(_("compte/invitation/<str:token>/"), views.open_invitation, name="invitation"),
    path(_("mon-espace/"), include(my_space)),
    path(
        _("acheteurs/inscription/<int:pk>/"), join_views.join_request, {"side": Side.BUYING}, name="enrolment"
    ),
    path(
        _("fournisseurs/revendications/<int:pk>/"),
        join_views.join_request,
        {"side": Side.SELLING},
        name="claim",
    ),
    path(
        _("fournisseurs/revendications/<int:pk>/piece/"),
        join_views.join_request_evidence,
        name="join_request_evidence",
    ),
]
