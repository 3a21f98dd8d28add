"""Who may see that a notice interests an enterprise: nobody, unless it says so."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class InterestForm(forms.Form):
    open_to_partners = forms.BooleanField(
        label=_("Nous cherchons des partenaires pour répondre ensemble"),
        help_text=_(
            "Les entreprises qui cherchent aussi des partenaires pour cet avis voient la vôtre, et peuvent vous inviter dans un "
            "groupement."
        ),
        required=False,
    )
    seen_by_others = forms.BooleanField(
        label=_("Les autres entreprises peuvent voir notre intérêt"),
        help_text=_(
            "Le nom de votre entreprise paraît sur la page de l’avis, où seules les entreprises du répertoire le voient."
        ),
        required=False,
    )
    seen_by_buyer = forms.BooleanField(
        label=_("L’acheteur peut voir notre intérêt"),
        help_text=_("Les membres de l’institution qui publie l’avis voient le nom de votre entreprise."),
        required=False,
    )
