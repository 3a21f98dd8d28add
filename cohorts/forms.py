"""What an enterprise fills in to ask for a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.admission import MOTIVATION
from cohorts.models import Cohort
from suppliers.models import Supplier


class ApplicationForm(forms.Form):
    """`suppliers`: the person's own published enterprises that have not asked yet; with one, nothing is to choose."""

    supplier = forms.TypedChoiceField(
        label=_("Quelle entreprise?"),
        widget=forms.RadioSelect,
        coerce=int,
        error_messages={
            "required": _("Choisissez l’entreprise qui suivra la cohorte."),
            "invalid_choice": _("Choisissez l’entreprise qui suivra la cohorte."),
        },
    )
    motivation = forms.CharField(
        label=_("Pourquoi cette cohorte?"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=MOTIVATION,
        error_messages={
            "required": _("Écrivez en quelques phrases pourquoi ce parcours vous convient."),
            "max_length": _("Ce texte est trop long : %(limit_value)d caractères au plus."),
        },
    )

    def __init__(self, *args: Any, cohort: Cohort, suppliers: Sequence[Supplier], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.suppliers = {supplier.pk: supplier for supplier in suppliers}
        choice: Any = self.fields["supplier"]
        choice.choices = [(pk, supplier.organisation.name) for pk, supplier in self.suppliers.items()]
        if len(suppliers) == 1:
            choice.widget = forms.HiddenInput()
            choice.initial = suppliers[0].pk
        motivation = self.fields["motivation"]
        motivation.required = not cohort.is_first_come
        motivation.help_text = (
            _("Ce que vous voulez apprendre aide le pôle à préparer les ateliers.")
            if cohort.is_first_come
            else _(
                "Ce que vous vendez, à qui vous voulez vendre, ce que vous voulez apprendre. Seul le pôle le lit."
            )
        )

    @property
    def chosen(self) -> Supplier:
        return self.suppliers[self.cleaned_data["supplier"]]
