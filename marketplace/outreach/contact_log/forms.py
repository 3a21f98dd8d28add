"""What is asked about a contact: of a new one, in a few fields; of one that is corrected, in the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.outreach.contact_log.recording import NextAction, team_of
from marketplace.outreach.models import KIND_LABELS, ContactEntry
from marketplace.territories.models import Pole
from marketplace.web.admin import PlainForm

DAY = {"type": "date", "class": "inp inp-m"}
FURTHEST = timedelta(days=366 * 3)
IN_FUTURE = gettext_lazy("Cette date est à venir. Notez plutôt une prochaine action.")


def ways() -> list[tuple[str, str]]:
    return [(way, capfirst(str(label))) for way, label in KIND_LABELS.items()]


class ContactForm(forms.Form):
    """A new contact. `key` is the form's own: sent twice, it is written once. `is_short`: the reader owns what is next."""

    way = forms.ChoiceField(label=gettext_lazy("Type"), choices=ways)
    on = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY))
    with_whom = forms.CharField(
        label=gettext_lazy("Avec qui"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    said = forms.CharField(
        label=gettext_lazy("Ce qui s’est dit"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"class": "inp", "rows": 3}),
    )
    next_action = forms.CharField(
        label=gettext_lazy("Prochaine action"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    next_on = forms.DateField(
        label=gettext_lazy("Pour le"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY),
    )
    next_by = forms.ModelChoiceField(
        label=gettext_lazy("Responsable"), queryset=User.objects.none(), required=False
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, pole: Pole | None, reader: User, is_short: bool = False, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {}).setdefault("on", timezone.localdate())
        kwargs["initial"].setdefault("key", uuid4())
        kwargs["initial"].setdefault("next_by", reader.pk)
        super().__init__(*args, auto_id="contact_%s", label_suffix="", **kwargs)
        team: Any = self.fields["next_by"]
        if is_short:
            team.widget = forms.HiddenInput()
            return
        team.queryset = team_of(pole).order_by("first_name", "last_name", "pk")
        team.empty_label = _("Toute l’équipe")

    def clean_on(self) -> Any:
        return clean_past(self.cleaned_data["on"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("next_action") and not said.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", _("Dites pour quel jour."))
        if said.get("next_on") and not said.get("next_action") and "next_action" not in self.errors:
            self.add_error("next_action", _("Dites ce qui est à faire."))
        if (day := said.get("next_on")) and not is_near(day):
            self.add_error("next_on", _("Cette date est trop loin, ou mal écrite."))
        if not any(said.get(name) for name in ("with_whom", "said", "next_action")) and not self.errors:
            self.add_error("said", _("Dites au moins avec qui, ou ce qui s’est dit."))
        return said

    @property
    def values(self) -> dict[str, Any]:
        """As `log_contact` takes them."""
        said = dict(self.cleaned_data)
        kind, _sep, direction = said.pop("way").partition("_")
        what, day, owner = said.pop("next_action"), said.pop("next_on"), said.pop("next_by")
        action = NextAction(what, day, owner) if what and day else None
        return {**said, "kind": kind, "direction": direction, "next_action": action}


class ContactEntryForm(PlainForm):
    """The page of one entry, to correct it."""

    class Meta:
        model = ContactEntry
        fields = [
            "kind", "direction", "on", "with_whom", "result", "said", "next_action", "next_on", "next_by",
        ]  # fmt: skip
        widgets = {"said": forms.Textarea(attrs={"rows": 5})}

    def clean_on(self) -> Any:
        return clean_past(self.cleaned_data["on"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        Kind = ContactEntry.Kind
        if said.get("kind") in (Kind.MEETING, Kind.NOTE):
            said["direction"], said["result"] = "", ""
        elif said.get("kind") and not said.get("direction"):
            self.add_error("direction", _("Dites qui a appelé ou écrit."))
        if bool(said.get("next_action")) != bool(said.get("next_on")) and not self.errors:
            missing = "next_on" if said.get("next_action") else "next_action"
            self.add_error(missing, _("Une prochaine action a un nom et une date."))
        if said.get("next_by") and not said.get("next_on"):
            said["next_by"] = None
        return said


def clean_past(day: Any) -> Any:
    if day > timezone.localdate():
        raise forms.ValidationError(str(IN_FUTURE))
    if day.year < 2000:
        raise forms.ValidationError(_("Cette date est mal écrite."))
    return day


def is_near(day: Any) -> bool:
    return abs(day - timezone.localdate()) < FURTHEST
