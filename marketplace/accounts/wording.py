"""What people may write where others will read it in a mail."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_ADDRESS = re.compile(r"://|www\.|@|[<>]", re.IGNORECASE)


def words_only(text: str) -> None:
    """A validator: a name or a function holds no address, or our mails could carry someone's advertising."""
    if _ADDRESS.search(text):
        raise ValidationError(_("Écrivez des mots seulement, sans adresse ni lien."))
