"""The number that the Québec registry gives every organisation: ten digits, and no check digit to verify."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

ENTERPRISE_PREFIXES = ("11", "22", "33")
PUBLIC_BODY_PREFIX = "88"


def neq_digits(text: str) -> str:
    """Ten digits, spaces and hyphens taken out. Raises `ValidationError` with a sentence where they are not ten."""
    digits = re.sub(r"[\s\u2010-\u2015-]", "", text)
    if not re.fullmatch(r"[0-9]*", digits):
        raise ValidationError(_("Un NEQ n’a que des chiffres."))
    if len(digits) != 10:
        raise ValidationError(
            ngettext(
                "Il y a %(count)s chiffre; il en faut dix.",
                "Il y a %(count)s chiffres; il en faut dix.",
                len(digits),
            )
            % {"count": len(digits)}
        )
    return digits


def unusual_neq_warning(digits: str, *, usual: tuple[str, ...]) -> str:
    """A sentence where the number starts otherwise than those of `usual`; empty where it does not. Never a refusal."""
    if digits.startswith(usual):
        return ""
    return _("Ce NEQ commence par %(prefix)s, ce qui est rare. Vérifiez-le.") % {"prefix": digits[:2]}


class NeqField(forms.CharField):
    """Accepts « 1167 403 218 » and « 1167-403-218 »; cleans to ten digits, or None where it may be empty."""

    default_error_messages = {"required": gettext_lazy("Écrivez le NEQ : dix chiffres.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "NEQ")
        kwargs.setdefault(
            "help_text",
            gettext_lazy("Numéro d’entreprise du Québec, dix chiffres. Avec ou sans espaces."),
        )
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"class": "inp code", "inputmode": "numeric", "autocomplete": "off"}),
        )
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str | None:
        text = super().clean(value)
        return neq_digits(text) if text else None
