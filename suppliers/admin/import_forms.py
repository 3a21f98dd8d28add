"""What the pages of an import ask: the file, what its columns hold, what its unknown words mean, the cells to put right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.classification.labels import certification_labels, purpose_labels, sector_names
from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.models import Pole
from marketplace.web.folding import fold_text
from marketplace.web.private_files.tables import TableField
from marketplace.web.tabular.asking import column_letter
from suppliers.import_jobs.deposit import AREAS, SEAT
from suppliers.import_jobs.reading import LEFT_OUT, header_label
from suppliers.models import LegalForm, ServedArea, SupplierImport, SupplierImportRow

UNREAD = "non-lue"
#: What a column may hold, in the order in which a person looks for it.
COLUMN_LABELS = {
    "name": gettext_lazy("Nom de l’entreprise"),
    "neq": gettext_lazy("NEQ"),
    "form": gettext_lazy("Forme juridique"),
    "activity": gettext_lazy("Activité"),
    "address": gettext_lazy("Adresse"),
    "town": gettext_lazy("Ville"),
    "postal_code": gettext_lazy("Code postal"),
    "mrc": gettext_lazy("MRC du siège"),
    "region": gettext_lazy("Région du siège"),
    SEAT: gettext_lazy("Territoire où est l’entreprise"),
    AREAS: gettext_lazy("Territoire desservi"),
    "email": gettext_lazy("Courriel de l’entreprise"),
    "phone": gettext_lazy("Téléphone de l’entreprise"),
    "website": gettext_lazy("Site Web"),
    "contact_name": gettext_lazy("Personne-ressource : nom"),
    "contact_title": gettext_lazy("Personne-ressource : fonction"),
    "contact_email": gettext_lazy("Personne-ressource : courriel"),
    "contact_phone": gettext_lazy("Personne-ressource : téléphone"),
    "contact_public": gettext_lazy("Personne-ressource affichée au public (oui, non)"),
    "sector": gettext_lazy("Secteur (SCIAN)"),
    "staff_count": gettext_lazy("Nombre de personnes"),
    "capacity": gettext_lazy("Capacité par contrat ($)"),
    "offers": gettext_lazy("Offres"),
    "codes": gettext_lazy("Codes UNSPSC"),
    "purposes": gettext_lazy("Finalités"),
    "certifications": gettext_lazy("Certifications"),
    "lat": gettext_lazy("Latitude"),
    "lon": gettext_lazy("Longitude"),
}


class ImportForm(forms.Form):
    """A file, and for which pôle where a person has several."""

    file = TableField(
        label=gettext_lazy("Fichier"),
        help_text=gettext_lazy(
            "CSV ou classeur .xlsx, 10 Mo au plus. Les titres au-dessus de l’en-tête et les autres onglets ne gênent pas."
        ),
    )
    pole = forms.ChoiceField(
        label=gettext_lazy("Pôle"),
        help_text=gettext_lazy("Le pôle choisi reçoit aussi les lignes sans lieu connu."),
        error_messages={"invalid_choice": gettext_lazy("Choisissez un de vos pôles.")},
    )

    def __init__(self, *args: Any, poles: list[Pole], may_be_none: bool, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.poles = {pole.pk: pole for pole in poles}
        choices = [(pole.pk, pole.name) for pole in poles]
        if may_be_none:
            choices.insert(0, ("", _("Aucun pôle")))
            self.fields["pole"].required = False
        self.fields["pole"].choices = choices
        if len(choices) == 1:
            del self.fields["pole"]

    @property
    def chosen(self) -> Pole | None:
        if "pole" not in self.fields:
            return next(iter(self.poles.values()))
        return self.poles.get(self.cleaned_data["pole"])


class ColumnsForm(forms.Form):
    """One question for each column of the file; the answers are what it holds."""

    mapping = forms.ChoiceField(
        label=gettext_lazy("D’où vient ce fichier?"),
        help_text=gettext_lazy("Ses colonnes sont celles du registre des entreprises."),
        choices=[
            ("req", gettext_lazy("Du registre des entreprises : ses lignes sont à démarcher")),
            ("maillage", gettext_lazy("D’un pôle : c’est une liste d’entreprises d’économie sociale")),
        ],
        error_messages={"required": gettext_lazy("Dites d’où vient ce fichier.")},
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, job: SupplierImport, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.job = job
        if not job.looks_like_registry:
            del self.fields["mapping"]
        elif job.remembered or job.rows_total:
            self.fields["mapping"].initial = job.mapping
        holds = {at: column for column, at in job.columns.items()}
        choices = [(UNREAD, _("Ne pas lire cette colonne")), *COLUMN_LABELS.items()]
        for at, title in enumerate(job.header):
            values = [row[at] for row in job.sample if at < len(row) and row[at]]
            if not title and not values:
                continue
            self.fields[f"c{at}"] = forms.ChoiceField(
                label=f"{column_letter(at)}. {title}".rstrip(". "),
                help_text=", ".join(dict.fromkeys(values))[:80],
                choices=choices,
                initial=holds.get(at, UNREAD),
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.errors or self.chosen_mapping == "req":
            return said
        taken: dict[str, str] = {}
        for name, field in self.fields.items():
            column = said.get(name, UNREAD)
            if name == "mapping" or column == UNREAD:
                continue
            if column in taken:
                self.add_error(name, _("Déjà choisi pour la colonne « %(name)s ».") % {"name": taken[column]})
            taken.setdefault(column, str(field.label))
        if "name" not in taken:
            self.add_error(None, _("Dites quelle colonne contient le nom de l’entreprise."))
        return said

    @property
    def chosen_mapping(self) -> str:
        return str(self.cleaned_data.get("mapping") or "maillage")

    @property
    def columns(self) -> dict[str, int]:
        said = self.cleaned_data
        return {
            column: int(name[1:])
            for name in self.fields
            if name != "mapping" and (column := said.get(name, UNREAD)) != UNREAD
        }


@dataclass(frozen=True)
class WordQuestion:
    """Words that no list of ours has, in a column of the file; `choices` are (what is kept, what is shown)."""

    name: str
    label: str
    words: str
    rows: int
    choices: list[tuple[str, str]]
    column: str


MOST_WORDS = 40


def word_questions(job: SupplierImport) -> list[WordQuestion]:
    """The most frequent first; what is rarer is put right row by row."""
    counted: dict[tuple[str, str], tuple[str, int]] = {}
    for unknown in job.rows.exclude(unknown=[]).values_list("unknown", flat=True):
        for column, words in unknown:
            key = (column, fold_text(words) or words)
            first, n = counted.get(key, (words, 0))
            counted[key] = (first, n + 1)
    ranked = sorted(counted.items(), key=lambda one: (-one[1][1], one[0]))[:MOST_WORDS]
    choices = {column: _choices_for(column) for column, _words in (key for key, _n in ranked)}
    return [
        WordQuestion(f"w{n}", header_label(job, column), words, rows, choices[column], column)
        for n, ((column, _folded), (words, rows)) in enumerate(ranked)
    ]


def read_answers(job: SupplierImport, posted: QueryDict) -> list[tuple[str, str, str]]:
    """(column, words, meaning) of the questions that were answered. The words travel with the answer: the list may have moved."""
    known = {(one.column, one.words): {value for value, _label in one.choices} for one in word_questions(job)}
    found = []
    for n in range(MOST_WORDS):
        column, words = posted.get(f"w{n}-column", ""), posted.get(f"w{n}-words", "")
        meaning = posted.get(f"w{n}", "")
        if meaning and meaning in known.get((column, words), ()):
            found.append((column, words, meaning))
    return found


def _choices_for(column: str) -> list[tuple[str, str]]:
    left_out = (LEFT_OUT, _("Laisser la cellule vide"))
    if column == "form":
        return [left_out, *((form.value, str(form.label)) for form in LegalForm)]
    if column == "sector":
        return [left_out, *((code, f"{code} {name}") for code, name in sector_names().items())]
    if column == "purposes":
        return [left_out, *((code, str(label)) for code, label in purpose_labels().items())]
    if column == "certifications":
        return [left_out, *((code, str(label)) for code, label in certification_labels().items())]
    regions = [(name, name) for name in region_names().values()]
    mrcs = sorted((f"MRC {info.name}", f"MRC {info.name}") for info in mrcs_by_code().values())
    everywhere = [(ServedArea.EVERYWHERE, _("Tout le Québec"))] if column == AREAS else []
    return [left_out, *everywhere, *regions, *mrcs]


@dataclass(frozen=True)
class WrongCell:
    name: str  # of the input; empty where nothing can be typed
    label: str
    value: str
    message: str


def wrong_cells(job: SupplierImport, row: SupplierImportRow) -> list[WrongCell]:
    """Each wrong cell once, with all that is said of it; what concerns the whole row has no input."""
    said: dict[str, list[str]] = {}
    for column, message in row.faults:
        said.setdefault(column, []).append(message)
    return [
        WrongCell(
            name=f"c-{row.pk}-{column}" if column in job.columns else "",
            label=header_label(job, column) if column else "",
            value=row.cells.get(column, ""),
            message=" ".join(messages),
        )
        for column, messages in said.items()
    ]


def read_corrections(posted: QueryDict) -> dict[int, dict[str, str]]:
    """By row and column, as they were typed."""
    found: dict[int, dict[str, str]] = {}
    for name in posted:
        prefix, _dash, rest = name.partition("-")
        key, _dash, column = rest.partition("-")
        if prefix == "c" and key.isascii() and key.isdecimal() and len(key) < 19 and column:
            found.setdefault(int(key), {})[column] = posted[name]
    return found
