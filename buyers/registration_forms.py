"""What a person says to act for an institution: its NEQ, then who it is and who they are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import CharField, Func
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buyers.models import Buyer
from marketplace.accounts.neq import NeqField
from marketplace.accounts.validators import validate_words_only
from marketplace.territories.labels import mrcs_by_code
from marketplace.territories.places import current_gazetteer
from marketplace.web.folding import fold_text

NONE_OF_THEM = "autre"
CANDIDATES = 5


class NeqForm(forms.Form):
    neq = NeqField(
        label=gettext_lazy("NEQ de votre institution"),
        help_text=gettext_lazy("Dix chiffres; celui d’un organisme public commence le plus souvent par 88."),
    )


class PersonForm(forms.Form):
    """Who asks, and why one may believe it."""

    title = forms.CharField(
        label=gettext_lazy("Votre fonction"),
        max_length=120,
        validators=[validate_words_only],
        help_text=gettext_lazy("Par exemple : direction de l’approvisionnement, greffe."),
        error_messages={"required": gettext_lazy("Écrivez votre fonction.")},
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "organization-title"}),
    )
    message = forms.CharField(
        label=gettext_lazy("Ce qui aide à vérifier"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Un numéro où vous joindre, une personne qui peut confirmer."),
        widget=forms.Textarea(attrs={"class": "inp", "rows": 4}),
    )


class InstitutionForm(PersonForm):
    """An institution that its NEQ does not tell: perhaps one that we know by its notices."""

    field_order = ["name", "kind", "town", "mrc", "same_as", "title", "message"]

    name = forms.CharField(
        label=gettext_lazy("Nom de l’institution"),
        max_length=200,
        validators=[validate_words_only],
        error_messages={"required": gettext_lazy("Écrivez le nom de l’institution.")},
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "organization"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=[],
        error_messages={"required": gettext_lazy("Choisissez le type d’institution.")},
        widget=forms.Select(attrs={"class": "inp"}),
    )
    town = forms.CharField(
        label=gettext_lazy("Municipalité du siège"),
        validators=[validate_words_only],
        max_length=120,
        error_messages={"required": gettext_lazy("Écrivez la municipalité du siège.")},
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "address-level2"}),
    )
    mrc = forms.ChoiceField(
        label=gettext_lazy("MRC"),
        required=False,
        help_text=gettext_lazy("Seulement si la municipalité ne suffit pas."),
        widget=forms.Select(attrs={"class": "inp"}),
    )
    same_as = forms.ChoiceField(
        label=gettext_lazy("Est-ce l’une de celles-ci?"),
        help_text=gettext_lazy("Nous les connaissons par leurs avis."),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        kinds = [(value, capfirst(label)) for value, label in Buyer.Kind.choices]
        mrcs = [(code, mrc.name) for code, mrc in mrcs_by_code().items()]
        self.fields["kind"].choices = [("", "–"), *kinds]
        self.fields["mrc"].choices = [("", "–"), *mrcs]
        self.candidates = _candidates(str(data.get("name", ""))) if data else []
        if not self.candidates:
            del self.fields["same_as"]
            return
        rows = [(str(buyer.pk), str(buyer)) for buyer in self.candidates]
        self.fields["same_as"].choices = [*rows, (NONE_OF_THEM, _("Non, une autre"))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("town"):
            self._place(cleaned)
        if self.candidates and not self.errors and not cleaned.get("same_as"):
            self.add_error(
                "same_as", _("Nous connaissons des institutions de ce nom. Dites si c’en est une.")
            )
        return cleaned

    def _place(self, cleaned: dict[str, Any]) -> None:
        place = current_gazetteer().resolve(cleaned["town"])
        mrc = cleaned.get("mrc") or ""
        if mrc and place.mrc != mrc:
            info = mrcs_by_code()[mrc]
            self.place = {"mrc_id": mrc, "region_id": info.region, "lat": info.lat, "lon": info.lon}
        elif place.mrc or place.pole:
            self.place = {
                "municipality_id": place.municipality,
                "mrc_id": place.mrc,
                "region_id": place.region,
                "lat": place.lat,
                "lon": place.lon,
                **({"pole_id": place.pole} if place.pole else {}),
            }
        else:
            self.add_error(
                "mrc",
                _(
                    "Nous ne reconnaissons pas cette municipalité, ou plusieurs portent ce nom. Choisissez la MRC."
                ),
            )

    @property
    def chosen(self) -> Buyer | None:
        """The listed institution that the person says it is."""
        asked = self.cleaned_data.get("same_as", "")
        return next((buyer for buyer in self.candidates if str(buyer.pk) == asked), None)

    @property
    def place_values(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], "town": self.cleaned_data["town"], **self.place}


def _candidates(name: str) -> list[Buyer]:
    """Listed institutions whose name holds every long word of this one: public already, so nothing is told."""
    words = [word for word in fold_text(name).split() if len(word) > 3][:6] or fold_text(name).split()[:3]
    if not words:
        return []
    rows = (
        Buyer.objects.published()
        .filter(organisation__neq__isnull=True)
        .alias(folded=Func("organisation__name", function="f_fold", output_field=CharField()))
    )
    for word in words:
        rows = rows.filter(folded__contains=word)
    return list(rows.select_related("organisation").order_by("folded")[:CANDIDATES])
