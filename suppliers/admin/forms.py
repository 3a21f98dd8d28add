"""What staff write about a supplier: its fields and the rows that hang on it, a decision, the findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation
from marketplace.classification.labels import (
    code_label,
    purpose_labels,
    sector_names,
    sector_spans,
)
from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.models import Mrc, Municipality, Pole, Region
from marketplace.web.admin import PlainForm
from marketplace.web.errors import Refused
from suppliers import states
from suppliers.cells import parse_neq, parse_phone, parse_postal_code, parse_website
from suppliers.columns import SUPPLIER_FIELDS
from suppliers.criteria import ASKS
from suppliers.curation import VERBS, DecisionNote
from suppliers.forms import CellField, SupplierFieldsForm, column_of
from suppliers.models import Basis, Decision, Finding, Offer, ServedArea, Status, Supplier
from suppliers.renewals import renew_proofs


def _sector_choices() -> list[Any]:
    spans = sector_spans()
    return [(code, f"{spans[code]} {name}") for code, name in sector_names().items()]


def _mrc_choices() -> list[Any]:
    return [(code, mrc.name) for code, mrc in mrcs_by_code().items()]


def _region_choices() -> list[Any]:
    return [(code, f"{code} {name}") for code, name in region_names().items()]


KNOWN_CHOICES: dict[str, Callable[[], list[Any]]] = {
    "sector": _sector_choices,
    "mrc": _mrc_choices,
    "region": _region_choices,
    "purposes": lambda: list(purpose_labels().items()),
}


def offer_choices(field: Any, choices: list[Any]) -> None:
    """Give a field of rows the choices that the process knows: no query until one is chosen."""
    empty = getattr(field, "empty_label", None)
    field.choices = choices if empty is None else [("", empty), *choices]


class SupplierForm(PlainForm, SupplierFieldsForm):
    """Cleans; `values` is what `update_supplier` or `open_supplier` then writes."""

    name = forms.CharField(label=_("Nom"), max_length=255)
    neq = CellField(parse_neq, label=_("NEQ"), max_length=20)
    address = forms.CharField(label=_("Adresse"), max_length=255, required=False)
    town = forms.CharField(label=_("Ville (telle qu’écrite)"), max_length=120, required=False)
    postal_code = CellField(parse_postal_code, label=_("Code postal"), max_length=20)
    municipality = forms.ModelChoiceField(
        Municipality.objects.all(),
        label=_("Municipalité"),
        required=False,
        widget=AutocompleteSelect(Organisation._meta.get_field("municipality"), admin.site),
    )
    mrc = forms.ModelChoiceField(Mrc.objects.all(), label=_("MRC"), required=False)
    region = forms.ModelChoiceField(Region.objects.all(), label=_("Région"), required=False)
    email = forms.EmailField(label=_("Courriel"), required=False)
    phone = CellField(parse_phone, label=_("Téléphone"), max_length=30)
    website = CellField(parse_website, label=_("Site Web"), max_length=200)
    purposes = forms.MultipleChoiceField(
        label=_("Finalités"), required=False, widget=forms.CheckboxSelectMultiple
    )
    by_phone = forms.BooleanField(label=_("Demandé par téléphone"), required=False)
    on_behalf_of = forms.CharField(
        label=_("Au nom de"),
        required=False,
        max_length=120,
        help_text=_("La personne de l’entreprise qui a appelé."),
    )

    class Meta:
        model = Supplier
        fields = [
            "legal_form", "activity", "sector", "capacity", "staff_count", "hours", "people_served", "insured_for",
            "insured_until",
        ]  # fmt: skip
        widgets = {"activity": forms.Textarea(attrs={"rows": 4})}

    reader: Any = None  # set by the admin: who edits
    restored = ""  # set by a restore from the history: what the decision says

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in KNOWN_CHOICES.items():
            offer_choices(self.fields[name], choices())
        self.initial["purposes"] = getattr(self.instance, "purpose_codes", [])
        if self.instance.pk:
            organisation = self.instance.organisation
            for name in {column.name for column in Organisation._meta.fields} & self.fields.keys():
                self.initial.setdefault(name, organisation.serializable_value(name))

    def clean_neq(self) -> str | None:
        neq: str | None = self.cleaned_data["neq"]
        others = Organisation.objects.filter(neq=neq)
        if neq and self.instance.pk and others.exclude(pk=self.instance.organisation_id).exists():
            raise forms.ValidationError(_("Ce NEQ est déjà inscrit pour une autre organisation."))
        return neq

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._place(cleaned)
        if cleaned.get("by_phone") and not (cleaned.get("on_behalf_of") or "").strip():
            self.add_error("on_behalf_of", _("Écrivez le nom de la personne qui a appelé."))
        is_prospect = self.instance.pk and self.instance.status == Status.PROSPECT
        if not is_prospect and not cleaned.get("legal_form") and "legal_form" not in self.errors:
            self.add_error("legal_form", _("Choisissez la forme juridique."))
        if not self.instance.pk:
            self._check_new(cleaned)
        elif self.instance.status == Status.PUBLISHED and not (cleaned.get("mrc") or cleaned.get("region")):
            self.add_error(
                "mrc", _("Une fiche publiée doit avoir un lieu : choisissez une MRC ou une région.")
            )
        return cleaned

    def _place(self, cleaned: dict[str, Any]) -> None:
        """A municipality says its MRC, an MRC its region: the three never disagree."""
        if municipality := cleaned.get("municipality"):
            cleaned["mrc"] = municipality.mrc
            if "municipality" in self.changed_data:
                cleaned["lat"], cleaned["lon"] = municipality.lat, municipality.lon
        if mrc := cleaned.get("mrc"):
            cleaned["region"] = mrc.region

    def _check_new(self, cleaned: dict[str, Any]) -> None:
        """A new supplier must be one that its author will see."""
        mrc, person = cleaned.get("mrc"), self.reader
        if person is None or person.is_superuser:
            return
        if mrc is not None and mrc.pk not in person.covered_mrcs:
            self.add_error("mrc", _("Cette MRC n’est pas dans votre territoire."))

    @property
    def values(self) -> dict[str, Any]:
        """By column. Of the supplier's own columns only what changed on this page: somebody may have written the others."""
        changed = {column_of(name) for name in self.changed_data}
        return {
            name: value
            for name, value in super().values.items()
            if not self.instance.pk or name not in SUPPLIER_FIELDS or name in changed
        }

    @property
    def said(self) -> dict[str, Any]:
        """The other arguments of `update_supplier` and `open_supplier`."""
        chosen = {name: self.cleaned_data[name] for name in {"purposes"}.intersection(self.changed_data)}
        note = note_of(self)
        return {**chosen, "note": replace(note, message=self.restored) if self.restored else note}


class OfferFormSet(forms.BaseInlineFormSet):
    """A published supplier keeps an activity or an offer."""

    def clean(self) -> None:
        super().clean()
        supplier = self.instance
        if supplier.pk is None or supplier.status != Status.PUBLISHED:
            return
        if any(self.errors):
            return
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        kept = [form for form in kept if not form.cleaned_data.get("DELETE")]
        if not kept and not (supplier.activity or "").strip():
            raise forms.ValidationError(_("Une fiche publiée doit garder une activité ou une offre."))


class CodesSelect(AutocompleteSelectMultiple):
    """UNSPSC codes with their labels from the process, where Django asks the database once for each offer."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        codes = [code for code in value if code]
        options = [
            self.create_option(name, code, f"{code} {code_label(code)}".strip(), True, index, attrs=attrs)
            for index, code in enumerate(codes)
        ]
        return [(None, options, 0)]


class ServedAreaForm(PlainForm):
    """Where it delivers, in one choice: all of Québec, a region, or an MRC; for one offer or for all."""

    place = forms.ChoiceField(label=_("Territoire"))

    class Meta:
        model = ServedArea
        fields = ["offer"]

    def __init__(self, *args: Any, offers: QuerySet[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = place_choices()
        offer: Any = self.fields["offer"]
        offer.queryset = offers
        offer_choices(offer, [(row.pk, row.title) for row in offers])
        if self.instance.pk:
            self.initial["place"] = self.instance.token

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if token := cleaned.get("place"):
            for name, value in ServedArea.columns_of(token).items():
                setattr(self.instance, name, value)
        return cleaned


class ServedAreaFormSet(forms.BaseInlineFormSet):
    """Only the offers of this supplier, asked once for all rows."""

    @cached_property
    def offers(self) -> QuerySet[Offer]:
        return Offer.objects.filter(supplier=self.instance) if self.instance.pk else Offer.objects.none()

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "offers": self.offers}


def place_choices() -> list[Any]:
    """« Q », « R04 » or « 371 » with their names, without a query once the process knows them."""
    return [
        ("", "–"),
        (ServedArea.EVERYWHERE, _("Tout le Québec")),
        (_("Régions"), [(f"R{code}", f"{code} {name}") for code, name in region_names().items()]),
        (
            _("MRC"),
            sorted(((code, mrc.name) for code, mrc in mrcs_by_code().items()), key=lambda pair: pair[1]),
        ),
    ]


class DecisionForm(forms.Form):
    """What staff decides about a supplier; the button that was pressed is `move`."""

    message = forms.CharField(
        label=_("Message à l’entreprise"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "L’entreprise le reçoit quand vous publiez, demandez un complément ou refusez. Il reste dans l’historique."
        ),
    )
    reason = forms.ChoiceField(
        label=_("Motif"),
        required=False,
        choices=[("", "–"), *[choice for choice in Supplier.Reason.choices if choice[0]]],
        help_text=_("Pour archiver."),
    )
    by_phone = forms.BooleanField(label=_("Par téléphone"), required=False)
    on_behalf_of = forms.CharField(label=_("Au nom de"), required=False, max_length=120)

    def decide(self, *, supplier: Supplier, move: str, by: Any) -> Decision:
        """Call the verb of the button. Raises `Refused` with the sentence to show."""
        verbs = {**VERBS, states.RENEW.verb: renew_proofs}
        if move not in verbs or not self.is_valid():
            raise Refused(_("Choisissez une décision de la liste."))
        more = {"reason": self.cleaned_data["reason"]} if move == states.ARCHIVE.verb else {}
        return verbs[move](supplier=supplier, by=by, note=note_of(self), **more)


BASES = [("", "–"), *((basis.value, basis.label) for basis in Basis if basis)]


class FindingForm(forms.Form):
    """One criterion. `seen` is when the answer that staff reads was written."""

    unversioned = frozenset({"seen"})
    called = ""  # what it is about, where several stand on a page

    state = forms.ChoiceField(
        label=_("Votre constat"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (Finding.PROVED, _("Prouvé")),
            (Finding.INCOMPLETE, _("À compléter")),
            (Finding.NOT_MET, _("Non respecté")),
        ],
    )
    basis = forms.ChoiceField(
        label=_("Type de preuve"),
        required=False,
        choices=BASES,
        help_text=_("Pour « prouvé ». Le public voit ce type de preuve, jamais la pièce."),
    )
    reference = forms.CharField(
        label=_("Référence"),
        required=False,
        max_length=300,
        help_text=_("Une adresse, le nom d’une liste, qui a répondu. Pour l’équipe seulement."),
    )
    expires_on = forms.DateField(
        label=_("Valable jusqu’au"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Sans date : un an."),
    )
    note = forms.CharField(
        label=_("Votre note"),
        help_text=_("L’entreprise la lit à côté du critère."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class SharedProofForm(forms.Form):
    """One proof for several criteria at once: a federation's list or the registry often shows more than one."""

    criteria = forms.TypedMultipleChoiceField(
        label=_("Critères prouvés"),
        required=False,
        coerce=int,
        choices=[(ask.number, f"{ask.number}") for ask in ASKS],
        widget=forms.CheckboxSelectMultiple,
    )
    basis = forms.ChoiceField(label=_("Type de preuve"), required=False, choices=BASES)
    reference = forms.CharField(label=_("Référence"), required=False, max_length=300)
    expires_on = forms.DateField(
        label=_("Valable jusqu’au"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Sans date : un an."),
    )
    file = forms.FileField(
        label=_("Pièce"),
        required=False,
        help_text=_("Une pièce que l’entreprise vous a remise; elle sert à tous les critères cochés."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criteria"].choices = [(ask.number, f"{ask.number}. {ask.title}") for ask in ASKS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = [name for name in ("basis", "reference", "expires_on", "file") if cleaned.get(name)]
        if given and not cleaned.get("criteria"):
            self.add_error("criteria", _("Cochez les critères que cette preuve montre."))
        elif cleaned.get("criteria") and not (cleaned.get("basis") or cleaned.get("file")):
            self.add_error("basis", _("Dites sur quoi repose la preuve."))
        return cleaned


class BulkForm(forms.Form):
    """The second page of a bulk move: a message for all, or the pôle."""

    message = forms.CharField(
        label=_("Message"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    pole = forms.ModelChoiceField(
        label=_("Pôle"), queryset=Pole.objects.none(), required=False, empty_label=_("Aucun pôle")
    )


def note_of(form: forms.Form) -> DecisionNote:
    """What a form with `message`, `by_phone` and `on_behalf_of`, or some of them, says beside a decision."""
    said = form.cleaned_data
    channel = Decision.Channel.PHONE if said.get("by_phone") else Decision.Channel.SCREEN
    return DecisionNote(said.get("message") or "", channel, said.get("on_behalf_of") or "")
