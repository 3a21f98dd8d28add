"""What a person says when they claim a sheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.wording import words_only
from marketplace.web.private_files import UploadField
from suppliers.importing import cells


class ClaimForm(forms.Form):
    """Cleans; `claims.claim` decides."""

    title = forms.CharField(
        label=_("Votre fonction"),
        max_length=120,
        validators=[words_only],
        help_text=_("Par exemple : directrice générale, trésorier, membre du conseil."),
        error_messages={"required": _("Écrivez votre fonction dans l’entreprise.")},
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "organization-title"}),
    )
    phone = forms.CharField(
        label=_("Téléphone de l’entreprise"),
        required=False,
        max_length=40,
        help_text=_("Le pôle peut y appeler pour vérifier."),
        widget=forms.TextInput(attrs={"class": "inp", "type": "tel", "autocomplete": "tel"}),
    )
    message = forms.CharField(
        label=_("Comment le pôle peut-il vérifier?"),
        max_length=2000,
        help_text=_("Qui peut confirmer que vous agissez pour l’entreprise, et depuis quand."),
        error_messages={"required": _("Dites comment le pôle peut vérifier.")},
        widget=forms.Textarea(attrs={"class": "inp", "rows": 5}),
    )
    evidence = UploadField(
        label=_("Une pièce"),
        required=False,
        help_text=_("Une résolution, une carte professionnelle, l’état des renseignements au registre. PDF, photo ou document, 10 Mo au plus. Le pôle seul la lit."),
    )  # fmt: skip

    def clean_phone(self) -> str:
        try:
            return cells.phone("phone", self.cleaned_data.get("phone") or "")
        except cells.CellError as error:
            raise forms.ValidationError(error.message) from error

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
