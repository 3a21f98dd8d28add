"""Pages of staff about what both sides do, under /gestion/."""

from django.urls import path

from marketplace.dealings.contracts import admin_views as contracts
from marketplace.dealings.need_exchanges.admin_views import stuck_exchanges_view
from marketplace.dealings.outcomes.admin_views import territory_outcomes_csv, territory_outcomes_view

app_name = "dealings_admin"

urlpatterns = [
    path("dealings/echanges/", stuck_exchanges_view, name="stuck_exchanges"),
    path("dealings/resultats/", territory_outcomes_view, name="outcomes"),
    path("dealings/resultats/resultats.csv", territory_outcomes_csv, name="outcomes_csv"),
    path("dealings/adjudicataires/", contracts.seller_names_page, name="seller_names"),
    path("dealings/adjudicataires/<int:pk>/", contracts.seller_name_view, name="seller_name"),
    path("dealings/contrats/", contracts.renewals_view, name="renewals"),
]
