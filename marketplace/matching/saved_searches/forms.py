"""What a search is called, how often we write, and the box to tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.matching.saved_searches.models import SavedSearch
from marketplace.matching.saved_searches.verbs import CONSENT_WORDING

Frequency = SavedSearch.Frequency


class SavedSearchForm(forms.Form):
    """`consented`: consent to these mails stands, and the box is not asked. `replaceable`: searches that this question may
    take the place of."""

    name = forms.CharField(
        label=_("Nom de la recherche"),
        max_length=80,
        error_messages={"required": _("Donnez un nom à cette recherche : il paraîtra dans les courriels.")},
    )
    frequency = forms.ChoiceField(
        label=_("Quand souhaitez-vous nos courriels?"),
        choices=[
            (Frequency.INSTANT, _("Dès qu’il y a du nouveau")),
            (Frequency.DAILY, _("Une fois par jour, à 6 h 30")),
            (Frequency.WEEKLY, _("Le lundi, à 6 h 30")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez à quelle fréquence nous vous écrivons."),
            "invalid_choice": _("Choisissez à quelle fréquence nous vous écrivons."),
        },
    )
    replaces = forms.ChoiceField(
        label=_("Nouvelle recherche, ou nouveaux critères d’une autre?"),
        required=False,
        error_messages={"invalid_choice": _("Cette recherche n’existe plus.")},
    )
    consent = forms.BooleanField(
        label=CONSENT_WORDING,
        error_messages={"required": _("Cochez la case pour accepter de recevoir ces courriels.")},
    )

    def __init__(
        self,
        *args: Any,
        consented: bool,
        replaceable: Sequence[SavedSearch] = (),
        hints: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["frequency"].hints = hints or {}
        if replaceable:
            self.fields["replaces"].choices = [
                ("", _("Une nouvelle recherche")),
                *((str(search.pk), search.name) for search in replaceable),
            ]
        else:
            del self.fields["replaces"]
        if consented:
            del self.fields["consent"]
