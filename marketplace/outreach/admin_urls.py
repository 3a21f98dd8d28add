"""The pôle's pages of outreach, under /gestion/."""

from django.urls import path

from marketplace.outreach.contact_log import views as contact_log
from marketplace.outreach.figures import views as figures
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
    path("outreach/chiffres/<slug:what>/", figures.figure_list_page, name="figure_list"),
    path("outreach/chiffres/<slug:what>/liste.csv", figures.figure_csv, name="figure_csv"),
    path("outreach/letter/", writing.letters_page, name="letters"),
    path("outreach/letter/new/", writing.new_letter, name="new_letter"),
    path("outreach/letter/<int:pk>/", writing.letter_page, name="letter"),
    path("outreach/delais/", service_levels.service_levels_page, name="service_levels"),
    path("outreach/delais/poles/", service_levels.poles_page, name="poles"),
    path("outreach/delais/<slug:what>/", service_levels.waiting_list_page, name="waiting_list"),
    *promotion,
]
