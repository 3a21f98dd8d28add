"""A list to hand over, and what its columns hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import Organisation
from marketplace.dealings.models import OwnList
from marketplace.dealings.own_lists.columns import LABELS, NAME, NEQ
from marketplace.web.errors import Refused
from marketplace.web.private_files import Checked
from marketplace.web.private_files.tables import ACCEPTED_TABLES, check_table

NOWHERE = ""


class TableField(forms.FileField):
    """One table, checked; its cleaned value is a `Checked`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            error_messages={
                "required": gettext_lazy("Choisissez un fichier."),
                "missing": gettext_lazy("Choisissez un fichier."),
                "invalid": gettext_lazy("Le fichier n’est pas arrivé. Choisissez-le de nouveau."),
                "empty": gettext_lazy("Ce fichier est vide. Vérifiez-le, puis déposez-le de nouveau."),
            },
            widget=forms.FileInput(attrs={"accept": ACCEPTED_TABLES}),
            **kwargs,
        )

    def to_python(self, data: Any) -> Checked | None:
        upload = super().to_python(data)
        if upload is None:
            return None
        try:
            return check_table(upload)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal), code="refused") from refusal


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
        choices = [(NOWHERE, _("Aucune colonne")), *column_choices(own_list)]
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


def column_choices(own_list: OwnList) -> list[tuple[str, str]]:
    """« C. Montant payé (12 400,00) »: the letter that the spreadsheet shows, the title, the first value."""
    found = []
    for at, title in enumerate(own_list.header):
        value = next((row[at] for row in own_list.sample if at < len(row) and row[at]), "")
        text = f"{column_letter(at)}. {title}".rstrip(". ") + (f" ({value})" if value else "")
        found.append((str(at), text))
    return found


def column_letter(at: int) -> str:
    """A for 0, AA for 26."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
