"""The forms of what is sold: one offer with its codes, the biggest contract, where the supplier delivers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.classification import codes
from marketplace.classification.labels import code_label
from marketplace.territories import choices as territories
from suppliers.forms import CellField, text_input
from suppliers.models import Offer, ServedArea, Supplier


class DeliveryForm(forms.Form):
    """The biggest contract, and where the supplier delivers."""

    EVERYWHERE, CHOSEN = ServedArea.EVERYWHERE, "choix"

    capacity = CellField(
        "integer",
        label=lazy("Plus gros contrat que vous pouvez livrer"),
        help_text=lazy("Un ordre de grandeur suffit. Laissez vide si cela dépend."),
        widget=text_input("inp-m", inputmode="numeric"),
    )
    reach = forms.ChoiceField(
        label=lazy("Où livrez-vous?"),
        widget=forms.RadioSelect,
        choices=[(EVERYWHERE, lazy("Partout au Québec")), (CHOSEN, lazy("Dans certaines régions ou MRC"))],
        error_messages={"required": lazy("Dites où vous livrez.")},
    )
    areas = forms.MultipleChoiceField(label=lazy("Régions et MRC"), required=False)

    def __init__(self, data: Any = None, *, supplier: Supplier) -> None:
        organisation = supplier.organisation
        tokens = []
        if data is None:
            tokens = [area.token for area in supplier.served_areas.filter(offer__isnull=True)]
        initial = {
            "capacity": supplier.capacity,
            "reach": self.EVERYWHERE if self.EVERYWHERE in tokens else self.CHOSEN,
            "areas": tokens or [code for code in [organisation.mrc_id] if code],
        }
        super().__init__(data, initial=initial)
        known = [f"R{code}" for code in territories.regions()] + list(territories.mrcs())
        self.fields["areas"].choices = [(token, token) for token in known]  # type: ignore[attr-defined]
        self.own_region = organisation.region_id or ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reach") == self.CHOSEN and not cleaned.get("areas") and "areas" not in self.errors:
            self.add_error("areas", _("Cochez au moins une région ou une MRC."))
        return cleaned

    @property
    def tokens(self) -> list[str]:
        """The served area: a whole region makes its MRCs superfluous."""
        if self.cleaned_data["reach"] == self.EVERYWHERE:
            return [self.EVERYWHERE]
        chosen = set(self.cleaned_data["areas"])
        mrcs = territories.mrcs()
        return sorted(t for t in chosen if t.startswith("R") or f"R{mrcs[t].region}" not in chosen)

    def groups(self) -> list[dict[str, Any]]:
        """The regions with their MRCs, for the template; a region is open where something in it is ticked."""
        ticked = set(self["areas"].value() or [])
        by_region: dict[str, list[dict[str, Any]]] = {code: [] for code in territories.regions()}
        for code, mrc in territories.mrcs().items():
            by_region[mrc.region].append({"token": code, "name": mrc.name, "on": code in ticked})
        return [
            {
                "token": f"R{code}",
                "name": name,
                "on": f"R{code}" in ticked,
                "count": (f"R{code}" in ticked) + sum(one["on"] for one in by_region[code]),
                "open": code == self.own_region
                or f"R{code}" in ticked
                or any(one["on"] for one in by_region[code]),
                "mrcs": by_region[code],
            }
            for code, name in territories.regions().items()
        ]


class OfferForm(forms.Form):
    """One good, service or rental, in the enterprise's own words, with the codes that buyers search by."""

    MOST_CODES = 8

    title = forms.CharField(
        label=lazy("Ce que vous offrez"),
        help_text=lazy("En quelques mots de tous les jours : « Entretien ménager de bureaux »."),
        max_length=160,
        error_messages={"required": lazy("Écrivez ce que vous offrez.")},
        widget=text_input(autocomplete="off"),
    )
    kind = forms.ChoiceField(
        label=lazy("Genre"),
        widget=forms.RadioSelect,
        choices=[
            (Offer.Kind.SERVICE, lazy("Un service")),
            (Offer.Kind.GOOD, lazy("Un bien")),
            (Offer.Kind.RENTAL, lazy("Une location")),
        ],
        initial=Offer.Kind.SERVICE,
    )
    description = forms.CharField(
        label=lazy("Précisions"),
        help_text=lazy("Matériaux, formats, délais : ce qu’un acheteur demanderait."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "inp"}),
    )
    capacity = CellField(
        "integer",
        label=lazy("Plus gros contrat pour cette offre"),
        help_text=lazy("Seulement s’il diffère de celui de l’entreprise."),
        widget=text_input("inp-m", inputmode="numeric"),
    )
    code = forms.CharField(
        label=lazy("Un autre code UNSPSC"),
        help_text=lazy("Si vous le connaissez : huit chiffres."),
        max_length=20,
        required=False,
        widget=text_input("inp-s code", inputmode="numeric", autocomplete="off"),
    )

    def __init__(self, data: Any = None, *, offer: Offer | None = None) -> None:
        initial: dict[str, Any] = {}
        if offer is not None:
            initial = {
                "title": offer.title,
                "kind": offer.kind,
                "description": offer.description,
                "capacity": offer.capacity,
            }
        super().__init__(data, initial=initial)
        if data is not None:
            asked = [codes.normalise(text) or "" for text in data.getlist("codes")[:40]]
        else:
            asked = list(offer.codes.values_list("pk", flat=True)) if offer else []
        self.chosen = [code for code in dict.fromkeys(asked) if code_label(code)]

    def clean_code(self) -> str:
        """A code that the person knows by heart joins those that are ticked."""
        text = self.cleaned_data["code"].strip()
        if not text:
            return ""
        code = codes.normalise(text)
        if code is None or not code_label(code):
            raise forms.ValidationError(
                _("« %(value)s » n’est pas un code UNSPSC. Il a huit chiffres, comme 76111500.")
                % {"value": text[:20]}
            )
        if code not in self.chosen:
            self.chosen.append(code)
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if len(self.chosen) > self.MOST_CODES:
            self.add_error(
                None,
                _("Gardez au plus %(n)s codes : ceux qui disent le mieux l’offre.") % {"n": self.MOST_CODES},
            )
        return cleaned

    def chosen_codes(self) -> list[tuple[str, str]]:
        """The codes that are kept, each with its label: never a code alone."""
        return [(code, code_label(code)) for code in self.chosen]
