"""What came of being here, for an enterprise and for an institution. Mounted at the root."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.urls import path, register_converter
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from marketplace.dealings.outcomes import views
from marketplace.dealings.outcomes.pages import BUYER_PATHS, SUPPLIER_PATHS


class _FigureConverter:
    """A figure in an address, in the reader's language."""

    regex = "[a-z]+"
    words: Mapping[str, object]

    def to_python(self, value: str) -> str:
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                for figure, word in self.words.items():
                    if value == str(word):
                        return figure
        raise ValueError(value)

    def to_url(self, figure: str) -> str:
        return str(self.words[figure])


class SupplierFigureConverter(_FigureConverter):
    words = SUPPLIER_PATHS


class BuyerFigureConverter(_FigureConverter):
    words = BUYER_PATHS


register_converter(SupplierFigureConverter, "supplier_figure")
register_converter(BuyerFigureConverter, "buyer_figure")

urlpatterns = [
    path(
        _("mon-espace/fournisseur/<int:pk>/resultats/"),
        views.supplier_outcomes_view,
        name="supplier_outcomes",
    ),
    path(
        _("mon-espace/fournisseur/<int:pk>/resultats/<supplier_figure:figure>/"),
        views.supplier_outcome_view,
        name="supplier_outcome",
    ),
    path(_("mon-espace/acheteur/<int:pk>/resultats/"), views.buyer_outcomes_view, name="buyer_outcomes"),
    path(
        _("mon-espace/acheteur/<int:pk>/resultats/<buyer_figure:figure>/"),
        views.buyer_outcome_view,
        name="buyer_outcome",
    ),
]
