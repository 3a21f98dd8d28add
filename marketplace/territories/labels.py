"""What codes of places are called. A *token* is how a served area is written: « 371 », « R04 », « Q »."""

from __future__ import annotations

from django.utils.translation import gettext as _

from . import choices

EVERYWHERE = "Q"


def region_label(code: str) -> str:
    """« 04 » is « 04 Mauricie »: never a code alone."""
    name = choices.regions().get(code)
    return f"{code} {name}" if name else code


def territory_label(token: str) -> str:
    """The name of a served area: « Trois-Rivières », « Mauricie », « Tout le Québec ». An unknown token stays itself."""
    if token == EVERYWHERE:
        return _("Tout le Québec")
    if token.startswith("R"):
        return choices.regions().get(token[1:], token)
    mrc = choices.mrcs().get(token)
    return mrc.name if mrc else token


def region_token(code: str) -> str:
    """« 04 » → « R04 »."""
    return f"R{code}"
