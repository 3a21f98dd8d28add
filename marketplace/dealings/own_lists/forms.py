"""A list to hand over, and what its columns hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import Organisation
from marketplace.dealings.models import OwnList
from marketplace.dealings.own_lists.columns import LABELS, NAME, NEQ
from marketplace.web.private_files.tables import TableField
from marketplace.web.tabular.asking import column_choices

NOWHERE = ""


class OwnListForm(forms.Form):
    """`organisations`: the institutions of the person; which one is asked where there are several."""

    organisation = forms.ChoiceField(
        label=gettext_lazy("Pour quelle institution?"),
        error_messages={"invalid_choice": gettext_lazy("Choisissez une de vos institutions.")},
    )
    file = TableField(
        label=gettext_lazy("Fichier"),
        help_text=gettext_lazy(
            "CSV ou classeur .xlsx, 10 Mo au plus. Une ligne par fournisseur ou par achat : son nom ou son NEQ suffit; "
            "le montant, la catégorie et la ville aident."
        ),
    )
    name = forms.CharField(
        label=gettext_lazy("Nom de la liste"),
        help_text=gettext_lazy(
            "Pour la retrouver, par exemple « Achats 2025 ». Laissez vide pour garder le nom du fichier."
        ),
        max_length=120,
        required=False,
    )

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.organisations = {str(one.pk): one for one in organisations}
        if len(organisations) == 1:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].choices = [(key, one.name) for key, one in self.organisations.items()]

    @property
    def chosen(self) -> Organisation:
        if "organisation" not in self.fields:
            return next(iter(self.organisations.values()))
        return self.organisations[self.cleaned_data["organisation"]]


class ColumnsForm(forms.Form):
    """One question for each thing that a column can hold; the answers are places in the file."""

    skips_header = forms.TypedChoiceField(
        label=gettext_lazy("La première ligne du tableau"),
        choices=[
            ("1", gettext_lazy("donne le titre des colonnes")),
            ("0", gettext_lazy("nomme déjà un fournisseur")),
        ],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, own_list: OwnList, **kwargs: Any) -> None:
        initial: dict[str, Any] = {name: str(at) for name, at in own_list.columns.items()}
        initial["skips_header"] = "1" if own_list.skips_header else "0"
        super().__init__(*args, label_suffix="", initial=initial, **kwargs)
        if own_list.header_is_known:
            del self.fields["skips_header"]
        choices = [(NOWHERE, _("Aucune colonne")), *column_choices(own_list.header, own_list.sample)]
        for name, label in LABELS.items():
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        columns = self.columns
        if not self.errors and NAME not in columns and NEQ not in columns:
            self.add_error(NAME, _("Dites quelle colonne contient le nom du fournisseur, ou son NEQ."))
        taken: dict[int, str] = {}
        for name, at in columns.items():
            if at in taken:
                self.add_error(
                    name, _("Cette colonne est déjà choisie : « %(name)s ».") % {"name": LABELS[taken[at]]}
                )
            taken.setdefault(at, name)
        return said

    @property
    def columns(self) -> dict[str, int]:
        return {name: int(at) for name in LABELS if (at := self.cleaned_data.get(name, NOWHERE)) != NOWHERE}

    @property
    def has_header(self) -> bool:
        return bool(self.cleaned_data.get("skips_header", True))
