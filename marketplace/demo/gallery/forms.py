"""A form with one field of every kind; its faults are real."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class EveryField(forms.Form):
    name = forms.CharField(label=_("Nom de l’entreprise"), help_text=_("Comme au Registre des entreprises."))
    neq = forms.RegexField(
        r"^[0-9 ]{10,13}$",
        label=_("Numéro d’entreprise du Québec (NEQ)"),
        help_text=_("Dix chiffres, avec ou sans espaces. Ex. : 1167 403 218"),
        error_messages={"invalid": _("Il faut dix chiffres."), "required": _("Écrivez le NEQ.")},
    )
    legal_form = forms.ChoiceField(
        label=_("Forme juridique"),
        choices=[
            ("obnl", _("Organisme à but non lucratif (OBNL)")),
            ("coop", _("Coopérative")),
            ("mutuelle", _("Mutuelle")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une forme juridique.")},
    )
    purposes = forms.MultipleChoiceField(
        label=_("Finalités"),
        choices=[
            ("insertion", _("Insertion en emploi")),
            ("environnement", _("Environnement")),
            ("local", _("Développement local")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    region = forms.ChoiceField(
        label=_("Région"), choices=[("16", _("Montérégie (16)")), ("04", _("Mauricie (04)"))]
    )
    smallest = forms.IntegerField(label=_("Contrat minimal"), required=False, min_value=0)
    largest = forms.IntegerField(label=_("Contrat maximal"), min_value=1)
    about = forms.CharField(
        label=_("En une phrase, ce que vous faites"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=160,
        required=False,
    )
    founded = forms.DateField(
        label=_("Date de fondation"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    letters = forms.FileField(
        label=_("Lettres patentes ou statuts"),
        help_text=_("PDF ou photo, 10 Mo au plus."),
        required=False,
        widget=forms.FileInput,
    )
    finding = forms.ChoiceField(
        label=_("Votre constat"),
        choices=[
            ("proved", _("Prouvé")),
            ("incomplete", _("À compléter")),
            ("unmet", _("Non respecté")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez un constat.")},
    )
    agrees = forms.BooleanField(
        label=_("J’accepte de recevoir les avis qui correspondent à mes offres, au plus une fois par jour."),
        help_text=_("Facultatif. Vous pouvez arrêter à tout moment, d’un clic."),
        required=False,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        # What `_form_field.html` writes under a choice.
        self.fields["legal_form"].hints = {
            "coop": _("de travail, de solidarité, de producteurs, de consommateurs, d’actionnaires")
        }
