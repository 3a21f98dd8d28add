"""What members of a consortium write together."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 20_000


class ConsortiumForm(forms.Form):
    plan = forms.CharField(
        label=_("Qui fait quoi"),
        help_text=_("Les lots ou les tâches de chaque entreprise, et qui signe."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST,
        required=False,
    )
    answer = forms.CharField(
        label=_("Notre réponse commune"),
        help_text=_(
            "Le texte que vous préparez ensemble. Vous le déposez vous-mêmes, là où l’avis le demande."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=LONGEST,
        required=False,
    )
    notes = forms.CharField(
        label=_("Notes"),
        help_text=_("Questions à régler, dates de rencontre, liens vers vos documents."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST,
        required=False,
    )


class PartForm(forms.Form):
    brings = forms.CharField(
        label=_("Ce que votre entreprise apporte"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=400,
        required=False,
    )
