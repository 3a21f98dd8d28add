"""What people fill in: their registration, and the ranks of whom they wish to meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buyers.models import Buyer
from marketplace.events.models import MatchmakingEvent, Participation
from marketplace.web.typography import format_hour
from suppliers.models import Supplier

Party = Buyer | Supplier


def party_key(party: Party) -> str:
    return f"{'acheteur' if isinstance(party, Buyer) else 'fournisseur'}-{party.pk}"


def party_label(party: Party) -> str:
    name = {"name": party.organisation.name}
    if isinstance(party, Buyer):
        return _("%(name)s, pour acheter") % name
    return _("%(name)s, pour vendre") % name


class RegistrationForm(forms.Form):
    party = forms.ChoiceField(
        label=gettext_lazy("Vous venez au nom de"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez l’organisation que vous inscrivez."),
            "invalid_choice": gettext_lazy("Choisissez une organisation de la liste."),
        },
    )
    slots = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Heures où vous êtes présents"),
        help_text=gettext_lazy("Plus il y en a, plus vos souhaits peuvent être comblés."),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choisissez au moins une heure où vous êtes présents."),
            "invalid_choice": gettext_lazy("Une des heures n’existe pas. Choisissez dans la liste."),
        },
    )
    needs = forms.CharField(
        label=gettext_lazy("Ce que vous cherchez ou offrez"),
        help_text=gettext_lazy(
            "Une phrase, lue par ceux d’en face. Par exemple : « Mobilier de parc pour 2027 »."
        ),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    most_meetings = forms.IntegerField(
        label=gettext_lazy("Rencontres, au plus"),
        help_text=gettext_lazy("Laissez vide pour en avoir autant que possible."),
        required=False,
        min_value=1,
        max_value=60,
        error_messages={
            "invalid": gettext_lazy("Écrivez un nombre, comme 6."),
            "min_value": gettext_lazy("Il faut au moins une rencontre."),
            "max_value": gettext_lazy("Il y en a 60 au plus."),
        },
    )
    is_listed = forms.BooleanField(
        label=gettext_lazy("Nommer notre organisation sur la page publique de l’activité"), required=False
    )

    def __init__(
        self,
        *args: Any,
        event: MatchmakingEvent,
        parties: Sequence[Party],
        known: Participation | None,
        **kwargs: Any,
    ) -> None:
        if known is not None:
            kwargs["initial"] = {
                "slots": known.free_slots,
                "needs": known.needs,
                "most_meetings": known.most_meetings,
                "is_listed": known.is_listed,
                **kwargs.get("initial", {}),
            }
        kwargs["initial"] = {"slots": [slot.number for slot in event.slots], **kwargs.get("initial", {})}
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.parties = {party_key(party): party for party in parties}
        choice: Any = self.fields["party"]
        choice.choices = [(key, party_label(party)) for key, party in self.parties.items()]
        if len(self.parties) == 1:
            choice.widget = forms.HiddenInput()
            choice.initial = next(iter(self.parties))
        hours: Any = self.fields["slots"]
        hours.choices = [
            (
                slot.number,
                _("%(start)s à %(end)s")
                % {"start": format_hour(slot.starts_at), "end": format_hour(slot.ends_at)},
            )
            for slot in event.slots
        ]

    @property
    def party_chosen(self) -> Party:
        return self.parties[self.cleaned_data["party"]]


@dataclass(frozen=True)
class Ranks:
    """The order that was asked; `tied` where two had the same rank and stand one after the other."""

    wanted: list[Participation]
    tied: bool


def read_ranks(data: Mapping[str, Any], others: Sequence[Participation]) -> Ranks:
    """From `rang-<participation>` fields: the chosen ones by rank, those of equal rank in the order of the page."""
    chosen = []
    for place, other in enumerate(others):
        text = str(data.get(f"rang-{other.pk}", "")).strip()
        if text.isascii() and text.isdigit() and int(text[:4]) > 0:
            chosen.append((int(text[:4]), place, other))
    chosen.sort(key=lambda one: one[:2])
    ranks = [rank for rank, _place, _other in chosen]
    return Ranks([other for _rank, _place, other in chosen], len(set(ranks)) != len(ranks))
