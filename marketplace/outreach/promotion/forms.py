"""What staff choose: of whom a catalogue speaks, what an embedded directory shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.accounts.models import User
from marketplace.classification.labels import sector_names
from marketplace.outreach.promotion.scopes import Scope, poles_by_code
from marketplace.territories.labels import mrcs_by_code, region_names

LANGUAGES = [("fr", lazy("Français")), ("en", lazy("Anglais"))]
HEIGHTS = (400, 1600)  # pixels


def territory_choices() -> list[Any]:
    """Regions, pôles, MRCs: « R04 », « P:mauricie », « 371 »."""
    return [
        ("", _("Tout le Québec")),
        (_("Régions"), [(f"R{code}", f"{code} {name}") for code, name in region_names().items()]),
        (_("Pôles"), [(f"P:{code}", pole.name) for code, pole in poles_by_code().items()]),
        (_("MRC"), [(code, mrc.name) for code, mrc in mrcs_by_code().items()]),
    ]


def sector_choices() -> list[tuple[str, str]]:
    return [("", _("Tous les secteurs")), *sector_names().items()]


def read_territory(token: str) -> Scope:
    if token.startswith("P:"):
        return Scope(pole=token[2:])
    return Scope(region=token[1:]) if token.startswith("R") else Scope(mrc=token)


class CatalogueForm(forms.Form):
    territory = forms.ChoiceField(label=lazy("Territoire"), required=False)
    sector = forms.ChoiceField(label=lazy("Secteur"), required=False)
    language = forms.ChoiceField(label=lazy("Langue"), choices=LANGUAGES)
    has_crop_marks = forms.BooleanField(
        label=lazy("Pour l’imprimeur : fonds perdus et traits de coupe"),
        required=False,
        help_text=lazy("Format fini 8,5 × 11 po, fonds perdus de 0,125 po, boîtes de coupe dans le fichier."),
    )

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.fields["territory"].choices = territory_choices()  # type: ignore[attr-defined]
        self.fields["sector"].choices = sector_choices()  # type: ignore[attr-defined]
        own = next(iter(sorted(user.pole_codes)), "")
        self.initial.setdefault("territory", f"P:{own}" if own else "")

    @property
    def scope(self) -> Scope:
        said = read_territory(self.cleaned_data["territory"])
        return Scope(region=said.region, mrc=said.mrc, pole=said.pole, sector=self.cleaned_data["sector"])


class EmbedForm(forms.Form):
    """Read from the address: nothing is kept, the HTML says it all."""

    pole = forms.ChoiceField(label=lazy("Pôle"))
    sector = forms.ChoiceField(label=lazy("Secteur"), required=False)
    mrc = forms.ChoiceField(label=lazy("MRC"), required=False)
    language = forms.ChoiceField(label=lazy("Langue"), choices=LANGUAGES)
    height = forms.IntegerField(
        label=lazy("Hauteur, en pixels"), min_value=HEIGHTS[0], max_value=HEIGHTS[1], initial=800
    )

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        poles = poles_by_code()
        mine = [code for code in poles if user.is_superuser or code in user.pole_codes]
        self.fields["pole"].choices = [(code, poles[code].name) for code in mine]  # type: ignore[attr-defined]
        covered = {mrc for code in mine for mrc in poles[code].mrcs}
        self.fields["mrc"].choices = [  # type: ignore[attr-defined]
            ("", _("Toutes")),
            *((code, mrc.name) for code, mrc in mrcs_by_code().items() if code in covered),
        ]
        self.fields["sector"].choices = sector_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        pole = poles_by_code().get(cleaned.get("pole", ""))
        if pole and cleaned.get("mrc") and cleaned["mrc"] not in pole.mrcs:
            self.add_error("mrc", _("Ce pôle ne couvre pas cette MRC."))
        return cleaned


class SkipForm(forms.Form):
    reason = forms.CharField(label=lazy("Pourquoi reporter son tour?"), max_length=200)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
