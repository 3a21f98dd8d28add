"""Under `/fournisseurs/`, before the suppliers: their slugs are never these words."""

from django.conf import settings
from django.urls import path, register_converter
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from suppliers.registration import detail_views, showing_views, views
from suppliers.registration.steps import PATHS


class StepConverter:
    """A step in an address, in the reader's language: « identite » or « identity » in the path, `identity` in the code."""

    regex = "[a-z]+"

    def to_python(self, value: str) -> str:
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                for step, path in PATHS.items():
                    if value == str(path):
                        return step
        raise ValueError(value)

    def to_url(self, step: str) -> str:
        return str(PATHS[step])


register_converter(StepConverter, "step")

urlpatterns = [
    path(_("inscription/"), views.register_page, name="register"),
    path(_("inscription/commencer/"), views.begin_page, name="register_begin"),
    path(_("inscription/pieces/<uuid:file>/"), detail_views.evidence_page, name="evidence"),
    path(_("inscription/<int:pk>/codes/"), detail_views.find_codes_page, name="register_codes"),
    path(_("inscription/<int:pk>/reprendre/"), views.withdraw_page, name="register_withdraw"),
    path(_("inscription/<int:pk>/attester/"), views.attest_page, name="register_attest"),
    path(_("inscription/<int:pk>/accuse/"), views.receipt_page, name="register_receipt"),
    path(_("inscription/<int:pk>/offres/ajouter/"), detail_views.offer_page, name="register_add_offer"),
    path(_("inscription/<int:pk>/offres/<int:offer>/"), detail_views.offer_page, name="register_offer"),
    path(
        _("inscription/<int:pk>/offres/<int:offer>/retirer/"),
        detail_views.remove_offer_page,
        name="register_remove_offer",
    ),
    path(
        _("inscription/<int:pk>/criteres/<int:criterion>/"),
        detail_views.criterion_page,
        name="register_criterion",
    ),
    path(
        _("inscription/<int:pk>/certifications/<slug:code>/"),
        detail_views.certification_page,
        name="register_certification",
    ),
    path(_("inscription/<int:pk>/images/"), showing_views.pictures_page, name="register_pictures"),
    path(_("inscription/<int:pk>/references/"), showing_views.references_page, name="register_references"),
    path(_("inscription/<int:pk>/<step:step>/"), views.step_page, name="register_step"),
]
