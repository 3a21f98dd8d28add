"""What people may write where others will read it in a mail."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_ADDRESS = re.compile(r"://|www\.|@|[<>]", re.IGNORECASE)
_LINK = re.compile(r"://|www\.|[<>]", re.IGNORECASE)
#: Control, format (right-to-left marks, zero-width spaces), private and unpaired characters.
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def validate_words_only(text: str) -> None:
    """A validator: a name or a function holds no address, or our mails could carry someone's advertising."""
    if _ADDRESS.search(text) or visible_text(text) != " ".join(text.split()):
        raise ValidationError(_("Écrivez des mots seulement, sans adresse ni lien."))


def validate_no_link(text: str) -> None:
    """The same for the name of an enterprise, where « @ » may stand: invitations carry it to anybody's mailbox."""
    if _LINK.search(text):
        raise ValidationError(_("Écrivez des mots seulement, sans adresse ni lien."))


def visible_text(text: str) -> str:
    """A name in one line, without what nobody sees and what turns the words around it."""
    shown = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in shown if unicodedata.category(c) not in _INVISIBLE).split())
