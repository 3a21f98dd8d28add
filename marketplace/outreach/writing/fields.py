"""The fields of a letter, « {entreprise} »: read strictly, filled with plain text. Nothing else in a letter is computed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: By the word that staff type.
FIELDS: dict[str, Promise] = {
    "entreprise": gettext_lazy("nom de l’entreprise"),
    "personne": gettext_lazy("nom de la personne, ou de l’entreprise s’il n’est pas connu"),
    "pole": gettext_lazy("nom du pôle"),
    "fiche": gettext_lazy("adresse Web de la fiche, ou de l’inscription si elle n’est pas publiée"),
}
_FIELD = re.compile(r"\{([^{}\n]{0,40})\}")


def check_fields(text: str) -> None:
    """Raises ValidationError where a field is not known, or a brace has no fellow."""
    unknown = sorted({name for name in _FIELD.findall(text) if name.strip() not in FIELDS})
    if unknown:
        raise ValidationError(
            _("Champ inconnu : %(names)s. Les champs permis sont %(known)s.")
            % {
                "names": ", ".join(f"{{{name}}}" for name in unknown[:5]),
                "known": get_text_list([f"{{{name}}}" for name in FIELDS], _("et")),
            }
        )
    if "{" in (rest := _FIELD.sub("", text)) or "}" in rest:
        raise ValidationError(
            _("Il manque une accolade. Un champ s’écrit entre deux accolades : {entreprise}.")
        )


def fill_fields(text: str, values: Mapping[str, str]) -> str:
    """In one pass: what a value holds is never read as a field."""
    return _FIELD.sub(lambda found: values.get(found[1].strip(), ""), text)


def paragraphs(text: str) -> list[str]:
    """As they are set apart by an empty line."""
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return [part.strip() for part in parts if part.strip()]
