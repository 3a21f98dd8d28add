"""What a mail server's refusal means: in words, and whether the address itself is refused (RFC 3463). No database."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

#: The mailbox or its domain does not exist, is closed, or has moved. « 5.1.7 » and « 5.1.8 » speak of the sender: ours to mend.
ADDRESS_CODES = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def enhanced_code(text: str) -> str:
    """« 5.1.1 » where it stands in an answer; empty where it says none."""
    found = _ENHANCED.search(text)
    return found[1] if found else ""


def refuses_address(status: str) -> bool:
    """Only where the server says so in its code: a bare 550 may as well be about what we wrote, or about us."""
    return status in ADDRESS_CODES


def refusal_words(status: str) -> str:
    """Why a mail was refused, for staff, in the language that is spoken now."""
    if status in ("5.1.2", "5.1.10"):
        return _("Le domaine de cette adresse ne reçoit pas de courriel.")
    if status == "5.2.1":
        return _("Cette boîte de courriel est fermée.")
    if refuses_address(status):
        return _("Cette adresse n’existe pas chez son fournisseur.")
    if status == "5.2.2":
        return _("La boîte de courriel est pleine.")
    if status in ("5.2.3", "5.3.4"):
        return _("Le courriel est trop gros pour le serveur du destinataire.")
    if status.startswith("5.7."):
        return _(
            "Le serveur du destinataire refuse ce que nous envoyons (règle de sécurité ou filtre antipourriel)."
        )
    if status.startswith("4."):
        return _("Le serveur du destinataire n’a pas pris le courriel à temps.")
    return _("Le serveur du destinataire refuse ce courriel.")
