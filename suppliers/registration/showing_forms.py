"""The forms of what a page shows beside its facts: pictures, and references to ask of customers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.accounts.validators import validate_words_only
from marketplace.web.private_files.pictures import PICTURE_TYPES
from suppliers.forms import text_input
from suppliers.models import CustomerReference, SupplierPicture
from suppliers.references import Asked

OLDEST_WORK = 15  # years


class PictureForm(forms.Form):
    kind = forms.ChoiceField(
        label=lazy("Type d’image"),
        widget=forms.RadioSelect,
        choices=[
            (SupplierPicture.Kind.PHOTO, lazy("Une photo de ce que vous faites")),
            (SupplierPicture.Kind.LOGO, lazy("Votre logo (il remplace le logo actuel)")),
        ],
        initial=SupplierPicture.Kind.PHOTO,
    )
    alt = forms.CharField(
        label=lazy("Ce qu’on voit sur l’image"),
        validators=[validate_words_only],
        help_text=lazy(
            "Pour les personnes qui ne voient pas l’image : « Deux bancs de frêne au parc Chénier »."
        ),
        max_length=160,
        error_messages={"required": lazy("Dites en quelques mots ce qu’on voit.")},
        widget=text_input(autocomplete="off"),
    )
    file = forms.FileField(
        label=lazy("Image"),
        help_text=lazy(
            "JPEG, PNG ou WebP, 10 Mo au plus. Le lieu, l’appareil et les autres données cachées sont retirés."
        ),
        error_messages={"required": lazy("Choisissez une image.")},
        widget=forms.FileInput(attrs={"accept": PICTURE_TYPES}),
    )


class ReferenceForm(forms.Form):
    """What was done, for whom, and who can say so."""

    customer = forms.CharField(
        label=lazy("Organisation du client"),
        validators=[validate_words_only],
        max_length=160,
        error_messages={"required": lazy("Écrivez le nom de l’organisation.")},
        widget=text_input(autocomplete="off"),
    )
    what = forms.CharField(
        label=lazy("Ce que vous avez livré"),
        validators=[validate_words_only],
        help_text=lazy("En une ligne : « 60 bancs pour les parcs de quartier »."),
        max_length=200,
        error_messages={"required": lazy("Écrivez ce que vous avez livré.")},
        widget=text_input(autocomplete="off"),
    )
    year = forms.IntegerField(
        label=lazy("Année"),
        error_messages={
            "required": lazy("Écrivez l’année."),
            "invalid": lazy("Écrivez l’année en quatre chiffres."),
        },
        widget=text_input("inp-s", inputmode="numeric"),
    )
    person = forms.CharField(
        label=lazy("Qui peut le confirmer"),
        validators=[validate_words_only],
        help_text=lazy("Le nom sert à écrire à cette personne, puis est effacé."),
        max_length=120,
        required=False,
        widget=text_input(autocomplete="off"),
    )
    email = forms.EmailField(
        label=lazy("Son courriel"),
        help_text=lazy("Cette adresse n’est jamais affichée. Nous n’envoyons qu’une demande, sans rappel."),
        error_messages={
            "required": lazy("Écrivez le courriel du client."),
            "invalid": lazy("Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca."),
        },
        widget=forms.EmailInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=lazy("Langue du courriel"),
        widget=forms.RadioSelect,
        choices=CustomerReference.Language.choices,
        initial=CustomerReference.Language.FRENCH,
    )

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        now = timezone.localdate().year
        if not now - OLDEST_WORK <= year <= now:
            raise forms.ValidationError(
                _("Écrivez une année de %(first)s à %(last)s.") % {"first": now - OLDEST_WORK, "last": now}
            )
        return year

    @property
    def asked(self) -> Asked:
        good: dict[str, Any] = self.cleaned_data
        return Asked(**{name: good[name] for name in self.fields})
