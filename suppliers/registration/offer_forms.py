"""What an enterprise sells and where it delivers: the forms of the step « Offres » and of one offer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.accounts.validators import validate_words_only
from marketplace.classification.codes import normalise_code
from marketplace.classification.labels import code_label
from marketplace.territories.labels import mrcs_by_code, region_names
from suppliers.cells import parse_integer, parse_price
from suppliers.editing import OFFER_FIELDS
from suppliers.forms import CellField, text_input
from suppliers.models import Offer, ServedArea, Supplier
from suppliers.shown_offers import UNITS


class ServedPlacesForm(forms.Form):
    """Where something is delivered: everywhere, or in the regions and MRCs that are ticked."""

    EVERYWHERE, CHOSEN = ServedArea.EVERYWHERE, "choix"

    reach = forms.ChoiceField(label=lazy("Où livrez-vous?"), widget=forms.RadioSelect)
    areas = forms.MultipleChoiceField(label=lazy("Régions et MRC"), required=False)

    def __init__(self, data: Any = None, *, supplier: Supplier, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        known = [f"R{code}" for code in region_names()] + list(mrcs_by_code())
        self.fields["areas"].choices = [(token, token) for token in known]
        self.own_region = supplier.organisation.region_id or ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reach") == self.CHOSEN and not cleaned.get("areas") and "areas" not in self.errors:
            self.add_error("areas", _("Cochez au moins une région ou une MRC."))
        return cleaned

    @property
    def has_changed_areas(self) -> bool:
        """Whether the boxes say something else than when the page opened."""
        return bool({"reach", "areas"} & set(self.changed_data))

    @property
    def tokens(self) -> list[str] | None:
        """The served area: a whole region makes its MRCs superfluous. None where it is not said."""
        if self.cleaned_data.get("reach") == self.EVERYWHERE:
            return [self.EVERYWHERE]
        if "areas" not in self.cleaned_data or "reach" not in self.cleaned_data:
            return None
        chosen = set(self.cleaned_data["areas"])
        mrcs = mrcs_by_code()
        return sorted(t for t in chosen if t.startswith("R") or f"R{mrcs[t].region}" not in chosen)

    def groups(self) -> list[dict[str, Any]]:
        """The regions with their MRCs, for the template; a region is open where something in it is ticked."""
        ticked = set(self["areas"].value() or [])
        by_region: dict[str, list[dict[str, Any]]] = {code: [] for code in region_names()}
        for code, mrc in mrcs_by_code().items():
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
            for code, name in region_names().items()
        ]


class DeliveryForm(ServedPlacesForm):
    """The biggest contract, and where the supplier delivers."""

    capacity = CellField(
        parse_integer,
        label=lazy("Plus gros contrat que vous pouvez livrer"),
        help_text=lazy("Un ordre de grandeur suffit. Laissez vide si cela dépend."),
        widget=text_input("inp-m", inputmode="numeric"),
    )
    reach = forms.ChoiceField(
        label=lazy("Où livrez-vous?"),
        widget=forms.RadioSelect,
        choices=[
            (ServedPlacesForm.EVERYWHERE, lazy("Partout au Québec")),
            (ServedPlacesForm.CHOSEN, lazy("Dans certaines régions ou MRC")),
        ],
        error_messages={"required": lazy("Dites où vous livrez.")},
    )

    def __init__(self, data: Any = None, *, supplier: Supplier) -> None:
        organisation = supplier.organisation
        tokens = [area.token for area in supplier.served_areas.filter(offer__isnull=True)]
        initial = {
            "capacity": supplier.capacity,
            "reach": self.EVERYWHERE if self.EVERYWHERE in tokens else self.CHOSEN,
            "areas": tokens or [code for code in [organisation.mrc_id] if code],
        }
        super().__init__(data, supplier=supplier, initial=initial)


class CodesField(forms.MultipleChoiceField):
    """UNSPSC codes that the page draws by itself; those that nobody knows are passed over."""

    def valid_value(self, value: Any) -> bool:
        return True


class OfferForm(ServedPlacesForm):
    """One good, service or rental, in the enterprise's own words, with the codes that buyers search by."""

    MOST_CODES = 8
    MOST_DAYS = 1_000
    SAME = "pareil"

    title = forms.CharField(
        label=lazy("Ce que vous offrez"),
        validators=[validate_words_only],
        help_text=lazy("En quelques mots de tous les jours : « Entretien ménager de bureaux »."),
        max_length=160,
        error_messages={"required": lazy("Écrivez ce que vous offrez.")},
        widget=text_input(autocomplete="off"),
    )
    kind = forms.ChoiceField(
        label=lazy("Type"),
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
        parse_integer,
        label=lazy("Plus gros contrat pour cette offre"),
        help_text=lazy("Seulement s’il diffère de celui de l’entreprise."),
        widget=text_input("inp-m", inputmode="numeric"),
    )
    output = forms.CharField(
        label=lazy("Volume que vous pouvez livrer"),
        validators=[validate_words_only],
        help_text=lazy("Par exemple : 40 bancs par mois, 300 repas par jour, deux équipes."),
        max_length=80,
        required=False,
        widget=text_input("inp-l", autocomplete="off"),
    )
    lead_days = CellField(
        parse_integer,
        label=lazy("Délai habituel, en jours"),
        help_text=lazy("De la commande à la livraison. 42 jours s’affichent « 6 semaines »."),
        widget=text_input("inp-s", inputmode="numeric"),
    )
    minimum_order = forms.CharField(
        label=lazy("Commande minimale"),
        validators=[validate_words_only],
        help_text=lazy("Par exemple : 10 repas, ou 250 $."),
        max_length=80,
        required=False,
        widget=text_input("inp-l", autocomplete="off"),
    )
    price_from = CellField(
        parse_price,
        label=lazy("Prix indicatif, à partir de"),
        help_text=lazy("Ce prix n’engage à rien; il aide un acheteur à décider de vous appeler."),
        widget=text_input("inp-s", inputmode="decimal"),
    )
    price_to = CellField(
        parse_price, label=lazy("Prix indicatif, jusqu’à"), widget=text_input("inp-s", inputmode="decimal")
    )
    unit = forms.CharField(
        label=lazy("Unité du prix"),
        validators=[validate_words_only],
        help_text=lazy("Par exemple : repas, heure, mètre carré."),
        max_length=40,
        required=False,
        widget=text_input("inp-m", autocomplete="off", list="unites"),
    )
    reach = forms.ChoiceField(
        label=lazy("Où livrez-vous cette offre?"),
        widget=forms.RadioSelect,
        required=False,
        choices=[
            (SAME, lazy("Partout où livre l’entreprise")),
            (ServedPlacesForm.EVERYWHERE, lazy("Partout au Québec")),
            (ServedPlacesForm.CHOSEN, lazy("Dans certaines régions ou MRC")),
        ],
    )
    codes = CodesField(label=lazy("Codes UNSPSC"), required=False)
    code = forms.CharField(
        label=lazy("Un autre code UNSPSC"),
        help_text=lazy("Si vous le connaissez : huit chiffres."),
        max_length=20,
        required=False,
        widget=text_input("inp-s code", inputmode="numeric", autocomplete="off"),
    )

    def __init__(self, data: Any = None, *, supplier: Supplier, offer: Offer | None = None) -> None:
        initial: dict[str, Any] = {"reach": self.SAME}
        if offer is not None:
            tokens = [area.token for area in offer.served_areas.all()]
            initial = {name: getattr(offer, name) for name in OFFER_FIELDS}
            initial |= {name: price_typed(initial[name]) for name in ("price_from", "price_to")}
            initial["codes"] = list(offer.codes.values_list("pk", flat=True))
            initial["reach"] = _reach_of(tokens, self.SAME)
            initial["areas"] = [token for token in tokens if token != self.EVERYWHERE]
        super().__init__(data, supplier=supplier, initial=initial)
        if data is not None:
            asked = [normalise_code(text) or "" for text in data.getlist("codes")[:40]]
        else:
            asked = initial.get("codes", [])
        self.chosen = [code for code in dict.fromkeys(asked) if code_label(code)]
        self.units = list(UNITS)

    def clean_code(self) -> str:
        """A code that the person knows by heart joins those that are ticked."""
        text = self.cleaned_data["code"].strip()
        if not text:
            return ""
        code = normalise_code(text)
        if code is None or not code_label(code):
            raise forms.ValidationError(
                _("« %(value)s » n’est pas un code UNSPSC. Il a huit chiffres, comme 76111500.")
                % {"value": text[:20]}
            )
        if code not in self.chosen:
            self.chosen.append(code)
        return code

    def clean_lead_days(self) -> int | None:
        days: int | None = self.cleaned_data["lead_days"]
        if days is not None and days > self.MOST_DAYS:
            raise forms.ValidationError(
                _("Écrivez un nombre de jours, %(n)s au plus.") % {"n": self.MOST_DAYS}
            )
        return days

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        low, high = cleaned.get("price_from"), cleaned.get("price_to")
        if high is not None and low is None and "price_from" not in self.errors:
            self.add_error("price_from", _("Écrivez aussi le premier prix."))
        elif low is not None and high is not None and high < low:
            self.add_error("price_to", _("Le second prix est plus bas que le premier."))
        if cleaned.get("unit") and low is None and "price_from" not in self.errors:
            self.add_error("price_from", _("Écrivez un prix, ou effacez l’unité."))
        if len(self.chosen) > self.MOST_CODES:
            self.add_error(
                None,
                _("Gardez au plus %(n)s codes : ceux qui décrivent le mieux l’offre.")
                % {"n": self.MOST_CODES},
            )
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What `save_offer` writes, by column."""
        return {name: self.cleaned_data[name] for name in OFFER_FIELDS}

    @property
    def tokens(self) -> list[str] | None:
        """No place of its own where the offer is delivered as the rest."""
        return [] if self.cleaned_data.get("reach") in (self.SAME, "") else super().tokens

    def chosen_codes(self) -> list[tuple[str, str]]:
        """The codes that are kept, each with its label: never a code alone."""
        return [(code, code_label(code)) for code in self.chosen]


def price_typed(amount: Decimal | None) -> str:
    """As one types it in the reader's language: « 18 », « 14,50 »."""
    if amount is None:
        return ""
    text = f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:.2f}"
    return text if (get_language() or "fr").startswith("en") else text.replace(".", ",")


def _reach_of(tokens: list[str], same: str) -> str:
    if not tokens:
        return same
    return ServedPlacesForm.EVERYWHERE if ServedPlacesForm.EVERYWHERE in tokens else ServedPlacesForm.CHOSEN
