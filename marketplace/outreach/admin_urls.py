"""The pôle's pages of outreach, under /gestion/."""

from django.urls import path

from marketplace.outreach.campaigns import views as campaigns
from marketplace.outreach.contact_log import views as contact_log
from marketplace.outreach.figures import views as figures
from marketplace.outreach.pipeline import call_views, import_views, invite_views, respondent_views, views
from marketplace.outreach.promotion.admin_urls import urlpatterns as promotion
from marketplace.outreach.service_levels import views as service_levels
from marketplace.outreach.writing import views as writing

app_name = "outreach_admin"

urlpatterns = [
    path("outreach/contactentry/next/", contact_log.next_actions_page, name="next_actions"),
    path("accounts/organisation/<int:pk>/contacts/", contact_log.organisation_log, name="organisation_log"),
    path("outreach/contactentry/<int:pk>/state/", contact_log.contact_state, name="contact_state"),
    path("outreach/chiffres/", figures.figures_page, name="figures"),
    path("outreach/chiffres/chiffres.csv", figures.figures_csv, name="figures_csv"),
    path("outreach/chiffres/etats.csv", figures.states_csv, name="states_csv"),
    path("outreach/chiffres/<slug:what>/", figures.figure_list_page, name="figure_list"),
    path("outreach/chiffres/<slug:what>/liste.csv", figures.figure_csv, name="figure_csv"),
    path("outreach/letter/", writing.letters_page, name="letters"),
    path("outreach/letter/new/", writing.new_letter, name="new_letter"),
    path("outreach/letter/<int:pk>/", writing.letter_page, name="letter"),
    path("outreach/delais/", service_levels.service_levels_page, name="service_levels"),
    path("outreach/delais/poles/", service_levels.poles_page, name="poles"),
    path("outreach/delais/<slug:what>/", service_levels.waiting_list_page, name="waiting_list"),
    *promotion,
    path("outreach/approach/board/", views.board_page, name="board"),
    path("outreach/approach/map/", views.map_page, name="map"),
    path("outreach/approach/export/", views.export_page, name="export"),
    path("outreach/approach/calls/", call_views.call_page, name="calls"),
    path("outreach/approach/import/", import_views.bodies_page, name="bodies"),
    path("outreach/approach/relay/", views.hand_over_page, name="hand_over"),
    path("outreach/approach/<int:pk>/move/", views.move_page, name="move"),
    path("outreach/approach/<int:pk>/promise/", views.commitment_page, name="commitment"),
    path("outreach/approach/<int:pk>/invite/", invite_views.invite_page, name="invite"),
    path("outreach/campaign/<int:pk>/results/", campaigns.campaign_page, name="campaign"),
    path("outreach/campaign/<int:pk>/results/<slug:figure>/", campaigns.figure_page, name="figure"),
    path("outreach/campaign/<int:pk>/audience/", campaigns.audience_page, name="audience"),
    path("outreach/campaign/<int:pk>/letters/", campaigns.letters_page, name="campaign_letters"),
    path("accounts/organisation/<int:pk>/follow/", respondent_views.follow_page, name="follow"),
    path(
        "accounts/organisation/<int:pk>/respondents/", respondent_views.respondents_page, name="respondents"
    ),
]
