"""Why a proposal stands, in words: what agrees of the two names, and what makes it doubtful."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from suppliers.neq_proposals import Because

WORDS = {
    Because.SAME_NAME: ("full", _("Même nom")),
    Because.NEAR_NAME: ("part", _("Nom proche")),
    Because.PART_OF_NAME: ("part", _("Une partie du nom")),
    Because.SOME_WORDS: ("part", _("Quelques mots")),
    Because.INITIALS: ("part", _("Mêmes initiales")),
}
DOUBTS = {
    Because.OTHER_NUMBER: _("Les numéros des deux noms diffèrent."),
    Because.CLOSE_SECOND: _("Deux lignes du registre sont presque aussi proches : comparez-les."),
    Because.WANTED_TWICE: _("Une autre ligne de la liste est proposée pour le même NEQ."),
}
