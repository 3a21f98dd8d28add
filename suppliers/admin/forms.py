"""One form for a sheet: what is the organisation's and what is the supplier's, on the same page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation
from marketplace.territories import choices
from marketplace.territories.models import Pole
from marketplace.web.admin_base import PlainForm
from marketplace.web.errors import Refused
from suppliers import curation, states
from suppliers.importing import cells
from suppliers.models import Decision, ServedArea, Status, Supplier

SEAT_FIELDS = (
    "name",
    "neq",
    "address",
    "town",
    "postal_code",
    "municipality",
    "mrc",
    "region",
    "email",
    "phone",
    "website",
)
SHEET_FIELDS = ("legal_form", "activity", "sector", "capacity", "staff_count")


_SeatFields = type(
    "_SeatFields",
    (forms.Form,),
    fields_for_model(
        Organisation,
        fields=SEAT_FIELDS,
        widgets={
            "municipality": AutocompleteSelect(Organisation._meta.get_field("municipality"), admin.site)
        },
        field_classes={"website": forms.CharField},
    ),
)


class SheetForm(PlainForm, _SeatFields):  # type: ignore[misc,valid-type]  # the organisation's own fields
    """Cleans; `changes` is what `editing.update_sheet` or `open_sheet` then writes."""

    by_phone = forms.BooleanField(label=_("Demandé par téléphone"), required=False)
    on_behalf_of = forms.CharField(
        label=_("Au nom de"),
        required=False,
        max_length=120,
        help_text=_("La personne de l’entreprise qui a appelé."),
    )

    class Meta:
        model = Supplier
        fields = [*SHEET_FIELDS, "purposes", "certifications"]
        widgets = {
            "purposes": forms.CheckboxSelectMultiple,
            "certifications": forms.CheckboxSelectMultiple,
            "activity": forms.Textarea(attrs={"rows": 4}),
        }

    reader: Any = None  # set by the admin: who edits

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("neq", _("NEQ")), ("postal_code", _("Code postal"))):  # spaces are fine
            self.fields[name] = forms.CharField(label=label, required=False, max_length=20)
        if self.instance.pk:
            seat = self.instance.organisation
            for name in SEAT_FIELDS:
                self.initial.setdefault(name, seat.serializable_value(name))

    def clean_neq(self) -> str | None:
        value = self.cleaned_data.get("neq") or ""
        if not value.strip():
            return None
        digits = _cell("neq", value)
        others = Organisation.objects.filter(neq=digits)
        if self.instance.pk and others.exclude(pk=self.instance.organisation_id).exists():
            raise forms.ValidationError(_("Ce NEQ est déjà inscrit pour une autre organisation."))
        return digits

    def clean_postal_code(self) -> str:
        return _cell("postal_code", self.cleaned_data.get("postal_code") or "")

    def clean_website(self) -> str:
        return _cell("website", self.cleaned_data.get("website") or "")

    def clean_phone(self) -> str:
        return _cell("phone", self.cleaned_data.get("phone") or "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._place(cleaned)
        if cleaned.get("by_phone") and not (cleaned.get("on_behalf_of") or "").strip():
            self.add_error("on_behalf_of", _("Écrivez le nom de la personne qui a appelé."))
        if not self.instance.pk:
            self._check_new(cleaned)
        elif self.instance.status == Status.PUBLISHED and not (cleaned.get("mrc") or cleaned.get("region")):
            self.add_error("mrc", _("Une fiche publiée a un lieu : choisissez une MRC ou une région."))
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
        """A new sheet must be one that its author will see."""
        mrc, person = cleaned.get("mrc"), self.reader
        if person is None or person.is_superuser:
            return
        if mrc is not None and mrc.pk not in person.covered_mrcs:
            self.add_error("mrc", _("Cette MRC n’est pas dans votre territoire."))

    @property
    def changes(self) -> dict[str, Any]:
        """What differs from the rows in the database, by field."""
        cleaned = self.cleaned_data
        if not self.instance.pk:
            return {
                name: cleaned[name] for name in (*SEAT_FIELDS, "lat", "lon", *SHEET_FIELDS) if name in cleaned
            }
        seat = Organisation.objects.get(pk=self.instance.organisation_id)
        differing = {
            name: cleaned[name]
            for name in (*SEAT_FIELDS, "lat", "lon")
            if name in cleaned and cleaned[name] != getattr(seat, name)
        }
        return differing | {name: cleaned[name] for name in SHEET_FIELDS if name in self.changed_data}

    @property
    def channel(self) -> str:
        return Decision.Channel.PHONE if self.cleaned_data.get("by_phone") else Decision.Channel.SCREEN


class OfferFormSet(forms.BaseInlineFormSet):
    """A published sheet keeps an activity or an offer."""

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
            raise forms.ValidationError(_("Une fiche publiée garde une activité ou une offre."))


class ServedAreaForm(PlainForm):
    """Where it delivers, in one choice: all of Québec, a region, or an MRC."""

    place = forms.ChoiceField(label=_("Territoire"))

    class Meta:
        model = ServedArea
        fields = ["offer"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = place_choices()  # type: ignore[attr-defined]
        if self.instance.pk:
            area = self.instance
            self.initial["place"] = area.mrc_id or (f"R{area.region_id}" if area.region_id else "Q")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if token := cleaned.get("place"):
            self.instance.region_id = token[1:] if token.startswith("R") else None
            self.instance.mrc_id = None if token[0] in "RQ" else token
        return cleaned


def place_choices() -> list[Any]:
    """« Q », « R04 » or « 371 » with their names, without a query once the process knows them."""
    return [
        ("", "–"),
        ("Q", _("Tout le Québec")),
        (_("Régions"), [(f"R{code}", f"{code} {name}") for code, name in choices.regions().items()]),
        (
            _("MRC"),
            sorted(((code, mrc.name) for code, mrc in choices.mrcs().items()), key=lambda pair: pair[1]),
        ),
    ]


class DecisionForm(forms.Form):
    """What staff decides about a sheet; the button that was pressed is `move`."""

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
        if move not in VERBS or not self.is_valid():
            raise Refused(_("Choisissez une décision de la liste."))
        values = self.cleaned_data
        arguments = {
            "message": values["message"],
            "channel": Decision.Channel.PHONE if values["by_phone"] else Decision.Channel.SCREEN,
            "on_behalf_of": values["on_behalf_of"],
        }
        if move == states.ARCHIVE.verb:
            arguments["reason"] = values["reason"]
        return VERBS[move](supplier=supplier, by=by, **arguments)


VERBS = {
    states.TAKE_UP.verb: curation.take_up,
    states.SUBMIT.verb: curation.submit,
    states.PUBLISH.verb: curation.publish,
    states.CONFIRM.verb: curation.confirm,
    states.RETURN.verb: curation.return_with_message,
    states.SUSPEND.verb: curation.suspend,
    states.REOPEN.verb: curation.reopen,
    states.ARCHIVE.verb: curation.archive,
    states.NOT_SOCIAL_ECONOMY.verb: curation.mark_not_social_economy,
}


class BulkForm(forms.Form):
    """The second page of a bulk move: a message for all, or the pôle."""

    message = forms.CharField(
        label=_("Message"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    pole = forms.ModelChoiceField(
        label=_("Pôle"), queryset=Pole.objects.none(), required=False, empty_label=_("Aucun pôle")
    )


def _cell(column: str, value: str) -> Any:
    """The same reading, and the same sentences, as an imported cell."""
    try:
        return getattr(cells, column)(column, value)
    except cells.CellError as error:
        raise forms.ValidationError(error.message) from error
