"""Forms of events: a registration, the ranks of wishes; for staff an event and its runs of meetings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buyers.models import Buyer
from marketplace.events.lifecycle import check_new_event_day
from marketplace.events.models import MatchmakingEvent, Participation, State
from marketplace.web.admin import PlainForm
from marketplace.web.errors import Refused
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
        label=gettext_lazy("Vous venez pour"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez l’organisation que vous inscrivez."),
            "invalid_choice": gettext_lazy("Choisissez une organisation de la liste."),
        },
    )
    slots = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Heures où vous pouvez venir"),
        help_text=gettext_lazy("Plus vous en choisissez, plus vos souhaits ont de chances d’être comblés."),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choisissez au moins une heure où vous pouvez venir."),
            "invalid_choice": gettext_lazy("Une des heures n’existe pas. Choisissez dans la liste."),
        },
    )
    needs = forms.CharField(
        label=gettext_lazy("Ce que vous cherchez ou offrez"),
        help_text=gettext_lazy(
            "Une phrase, que liront les organisations que vous pourriez rencontrer. "
            "Par exemple : « Mobilier de parc pour 2027 »."
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
            "max_value": gettext_lazy("Le maximum est de 60."),
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


class RanksForm(forms.Form):
    """The rank given to each of the other side, drawn by the page itself and read by `read_ranks`."""

    def __init__(self, data: Any = None, *, ranks: Sequence[tuple[Participation, int]]) -> None:
        super().__init__(data)
        for other, rank in ranks:
            self.fields[f"rang-{other.pk}"] = forms.CharField(
                required=False, label=str(other.organisation), initial=rank or ""
            )


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


class EventForm(PlainForm):
    """Dates in their order, each fault said beside its field."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("registration_opens_at"), data.get("registration_closes_at")
        if opens and closes and closes <= opens:
            self.add_error(
                "registration_closes_at", _("La fin des inscriptions doit venir après leur début.")
            )
        if closes and data.get("wishes_close_at") and data["wishes_close_at"] < closes:
            self.add_error("wishes_close_at", _("Les souhaits se terminent après les inscriptions."))
        self._check_new_day(data)
        return data

    def _check_new_day(self, data: dict[str, Any]) -> None:
        """What `reschedule` would refuse is said beside the field."""
        event: MatchmakingEvent = self.instance
        if event.pk is None or event.state == State.DRAFT or data.get("day") in (None, event.day):
            return
        row = MatchmakingEvent.objects.get(pk=event.pk)
        first = row.slots[0].starts_at
        row.forget_slots()
        row.day, row.wishes_close_at = data["day"], data.get("wishes_close_at") or row.wishes_close_at
        try:
            check_new_event_day(row, first)
        except Refused as why:
            self.add_error("day", str(why))


class BlockFormSet(forms.BaseInlineFormSet):
    """Two runs that overlap are told here; opening the event checks once more."""

    def clean(self) -> None:
        super().clean()
        event: MatchmakingEvent = self.instance
        if any(self.errors) or not event.slot_minutes:
            return
        step = event.slot_minutes + (event.gap_minutes or 0)
        rows = sorted(
            (form.cleaned_data["starts_at"], form.cleaned_data["slots"])
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        )
        ends = [start.hour * 60 + start.minute + slots * step - event.gap_minutes for start, slots in rows]
        for end, (start, _slots) in zip(ends, rows[1:], strict=False):
            if start.hour * 60 + start.minute < end:
                raise forms.ValidationError(
                    _("Deux blocs de rencontres se chevauchent. Changez l’heure du deuxième.")
                )
