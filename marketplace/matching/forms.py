"""How often to write, and the box to tick."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.matching.alerts import CONSENT_WORDING
from marketplace.matching.models import Alert


class AlertForm(forms.Form):
    """`consented`: the person's consent already stands, and the box is not asked again."""

    frequency = forms.ChoiceField(
        label=_("Quand souhaitez-vous nos courriels?"),
        choices=[
            (Alert.Frequency.INSTANT, _("Dès qu’un avis paraît")),
            (Alert.Frequency.DAILY, _("Une fois par jour, à 6 h 30")),
            (Alert.Frequency.WEEKLY, _("Le lundi, à 6 h 30")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez à quelle fréquence nous vous écrivons."),
            "invalid_choice": _("Choisissez à quelle fréquence nous vous écrivons."),
        },
    )
    consent = forms.BooleanField(
        label=CONSENT_WORDING,
        error_messages={"required": _("Cochez la case pour accepter de recevoir ces courriels.")},
    )

    def __init__(self, *args: Any, consented: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if consented:
            del self.fields["consent"]
