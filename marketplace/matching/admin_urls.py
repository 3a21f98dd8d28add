"""Pages of staff about suggestions, under /gestion/."""

from django.urls import path

from marketplace.matching.exposure_views import exposure_view, supplier_exposure_view
from marketplace.matching.feedback.admin_views import misfit_view
from marketplace.matching.what_if import what_if_view

app_name = "matching_admin"

urlpatterns = [
    path("matching/suggestion/<int:pk>/faux/", misfit_view, name="misfit"),
    path("matching/essai/", what_if_view, name="what_if"),
    path("matching/exposition/", exposure_view, name="exposure"),
    path("suppliers/supplier/<int:pk>/exposition/", supplier_exposure_view, name="supplier_exposure"),
]
