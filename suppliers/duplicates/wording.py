"""Why two listings are shown together, in words."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from suppliers.duplicates.scoring import LIKELY, Alike

WORDS = {
    Alike.SAME_NEQ: _("même NEQ"),
    Alike.SAME_NAME: _("même nom"),
    Alike.NEAR_NAME: _("noms proches"),
    Alike.PART_OF_NAME: _("un nom contient l’autre"),
    Alike.SOME_WORDS: _("quelques mots du nom en commun"),
    Alike.SAME_PHONE: _("même téléphone"),
    Alike.SAME_EMAIL: _("même courriel"),
    Alike.SAME_DOMAIN: _("même site ou même domaine de courriel"),
    Alike.SAME_ADDRESS: _("même adresse"),
    Alike.SAME_POSTAL_CODE: _("même code postal"),
    Alike.SAME_TOWN: _("même ville"),
}
DOUBTS = {
    Alike.OTHER_NEQ: _("deux NEQ différents"),
    Alike.OTHER_TOWN: _("deux villes"),
    Alike.OTHER_NUMBER: _("les numéros des noms diffèrent"),
}


def reasons_said(reasons: list[str]) -> str:
    """« Même nom, même téléphone »; empty for two that a person chose."""
    return capfirst(", ".join(str(WORDS[Alike(one)]) for one in reasons if one in WORDS))


def doubts_said(reasons: list[str]) -> str:
    return capfirst(", ".join(str(DOUBTS[Alike(one)]) for one in reasons if one in DOUBTS))


def badge_of(points: int) -> tuple[str, object]:
    """Kind and word."""
    return ("wait", _("Probable")) if points >= LIKELY else ("plain", _("À vérifier"))
