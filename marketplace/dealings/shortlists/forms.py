"""What people write about a selection and about each supplier in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation
from marketplace.dealings.models import Shortlist, ShortlistEntry


class ShortlistForm(forms.Form):
    name = forms.CharField(label=_("Nom de la sélection"), max_length=120)
    purpose = forms.CharField(
        label=_("Besoin et critères"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Ce que vous cherchez et ce qui compte pour choisir. Le document pour le dossier en fait état."
        ),
    )

    def __init__(self, data: Any = None, *, shortlist: Shortlist | None = None, **kwargs: Any) -> None:
        if shortlist is not None:
            kwargs.setdefault("initial", {"name": shortlist.name, "purpose": shortlist.purpose})
        kwargs.setdefault("label_suffix", "")
        super().__init__(data, **kwargs)


class NewShortlistForm(ShortlistForm):
    """Whose it is too: an institution's, whose members share it, or the person's own."""

    OWN = "own"

    def __init__(self, data: Any = None, *, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.organisations = {str(one.pk): one for one in organisations}
        if organisations:
            self.fields["whose"] = forms.ChoiceField(
                label=_("Qui la voit"),
                choices=[
                    *(
                        (key, _("Les membres de l’institution « %(name)s »") % {"name": one.name})
                        for key, one in self.organisations.items()
                    ),
                    (self.OWN, _("Moi seulement")),
                ],
                initial=str(organisations[0].pk),
                widget=forms.RadioSelect,
            )

    @property
    def organisation(self) -> Organisation | None:
        return self.organisations.get(self.cleaned_data.get("whose", ""))


class EntryForm(forms.Form):
    """What was decided about one supplier, and why. The note stays out of the document unless it is asked for."""

    state = forms.ChoiceField(
        label=_("Décision"),
        choices=lambda: [(one.value, capfirst(str(one.label))) for one in ShortlistEntry.State],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Pourquoi"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Le document pour le dossier donne ce motif."),
    )
    note = forms.CharField(
        label=_("Note entre collègues"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Seules les personnes qui voient cette sélection la lisent, jamais le fournisseur ni le pôle."
        ),
    )

    def __init__(self, data: Any = None, *, entry: ShortlistEntry, **kwargs: Any) -> None:
        initial = {"state": entry.state, "reason": entry.reason, "note": entry.note}
        super().__init__(data, initial=initial, label_suffix="", **kwargs)
