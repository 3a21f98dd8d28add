"""Under `/fournisseurs/`, before the sheets: their slugs are never these words."""

from django.urls import path, register_converter
from django.utils.translation import gettext_lazy as _

from . import details, evidence, views
from .addresses import StepConverter

register_converter(StepConverter, "step")

urlpatterns = [
    path(_("inscription/"), views.register, name="register"),
    path(_("inscription/commencer/"), views.begin, name="register_begin"),
    path(_("inscription/pieces/<uuid:file>/"), evidence.download, name="evidence"),
    path(_("inscription/<int:pk>/codes/"), details.find_codes_page, name="register_codes"),
    path(_("inscription/<int:pk>/reprendre/"), views.withdraw, name="register_withdraw"),
    path(_("inscription/<int:pk>/offres/ajouter/"), details.offer_page, name="register_add_offer"),
    path(_("inscription/<int:pk>/offres/<int:offer>/"), details.offer_page, name="register_offer"),
    path(
        _("inscription/<int:pk>/offres/<int:offer>/retirer/"),
        details.remove_offer_page,
        name="register_remove_offer",
    ),
    path(
        _("inscription/<int:pk>/criteres/<int:criterion>/"), details.criterion_page, name="register_criterion"
    ),
    path(_("inscription/<int:pk>/<step:step>/"), views.step, name="register_step"),
]
