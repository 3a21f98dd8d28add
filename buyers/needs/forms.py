"""What a buyer types of a need. A draft may lack much; what is there must read."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from buyers.models import Buyer, Clause, Need, NeedClause
from buyers.needs.proposals import ProposedCode
from marketplace.accounts.validators import visible_text
from marketplace.classification.codes import normalise_code
from marketplace.classification.labels import code_label
from marketplace.territories.labels import mrcs_by_code
from marketplace.territories.places import current_gazetteer
from marketplace.territories.typed_places import is_anywhere, place_label, read_place
from marketplace.web.form_values import validate_year
from marketplace.web.private_files import UploadField

MOST_CODES = 10
#: How far ahead a closing may lie: further is a slip of the year.
FURTHEST = timedelta(days=730)
MOMENT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A day and an hour, in one box that browsers know; typed by hand, « 2026-12-08 11:00 » reads too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local", "class": "inp inp-m"}),
            validators=[validate_year],
            error_messages={
                "invalid": lazy("Écrivez un jour et une heure, comme 2026-12-08 11:00."),
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> datetime | None:
        """A day alone lasts until the end of office hours."""
        if isinstance(value, str) and re.fullmatch(r"\s*\d{4}-\d{2}-\d{2}\s*", value):
            value = f"{value.strip()} 16:00"
        return super().to_python(value)


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "inp inp-m"}),
            validators=[validate_year],
            error_messages={"invalid": lazy("Écrivez un jour, comme 2026-12-08.")},
            **kwargs,
        )


class AmountField(forms.CharField):
    """« 48 700 », « 48 700,50 $ », « 48,700 »: dollars; letters are told what is wrong with them."""

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        compact = re.sub(r"[\s$]", "", text)
        if not compact:
            return None
        compact = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", compact)
        match = re.fullmatch(r"([0-9]{1,10})(?:[.,]([0-9]{1,2}))?", compact)
        if not match:
            raise forms.ValidationError(
                _("« %(value)s » n’est pas un montant. Un montant s’écrit en chiffres, comme 48 700.")
                % {"value": text[:20]}
            )
        return Decimal(f"{match[1]}.{match[2] or '0'}")

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{value:.2f}".removesuffix(".00").replace(".", ",")
        return value


class FirstWordsForm(forms.Form):
    """What is looked for, in everyday words: all the rest is proposed from it."""

    title = forms.CharField(
        label=lazy("Que cherchez-vous?"),
        help_text=lazy(
            "En quelques mots de tous les jours : « Traiteur pour une activité de 120 personnes »."
        ),
        max_length=200,
        error_messages={"required": lazy("Écrivez ce que vous cherchez.")},
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )
    description = forms.CharField(
        label=lazy("En détail"),
        help_text=lazy(
            "Quantités, fréquence, lieu, ce qui compte pour vous. Vous pourrez compléter ensuite."
        ),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"class": "inp", "rows": 6}),
    )
    buyer = forms.ModelChoiceField(
        queryset=Buyer.objects.none(),
        label=lazy("Institution"),
        empty_label=None,
        error_messages={
            "required": lazy("Choisissez l’institution qui achète."),
            "invalid_choice": lazy("Choisissez une institution de la liste."),
        },
        widget=forms.Select(attrs={"class": "inp"}),
    )

    def __init__(self, data: Any = None, *, buyers: list[Buyer], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        chooser: Any = self.fields["buyer"]
        chooser.queryset = Buyer.objects.filter(pk__in=[buyer.pk for buyer in buyers]).select_related(
            "organisation"
        )
        if len(buyers) == 1:
            chooser.widget = forms.HiddenInput()
            chooser.initial = buyers[0].pk

    def clean_title(self) -> str:
        return cleaned_line(self.cleaned_data["title"])


def cleaned_line(text: str) -> str:
    shown = visible_text(text)
    if not shown:
        raise forms.ValidationError(_("Écrivez ce que vous cherchez."))
    return shown


def library_for(need: Need) -> list[Any]:
    """The clauses on offer and those that the need took, each with `is_taken`. One query."""
    taken = NeedClause.objects.filter(need=need.pk, clause=OuterRef("pk"))
    rows = Clause.objects.annotate(is_taken=Exists(taken))
    return list(rows.filter(Q(is_active=True) | Q(is_taken=True)).order_by("position", "pk"))


class NeedForm(forms.Form):
    """All of a need. `values` is what `lifecycle.change_need` takes; clauses and documents have verbs of their own."""

    title = FirstWordsForm.base_fields["title"]
    description = FirstWordsForm.base_fields["description"]
    place = forms.CharField(
        label=lazy("Où"),
        help_text=lazy("Une municipalité, une MRC ou une région. Laissez vide pour tout le Québec."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "inp inp-l", "autocomplete": "off"}),
    )
    starts_on = DayField(label=lazy("Début"))
    ends_on = DayField(label=lazy("Fin"))
    band = forms.ChoiceField(
        label=lazy("Ordre de grandeur"),
        help_text=lazy(
            "Toutes les personnes qui voient le besoin le lisent : les entreprises savent si le contrat est à leur taille."
        ),
        required=False,
        widget=forms.Select(attrs={"class": "inp inp-l"}),
    )
    estimated_amount = AmountField(
        label=lazy("Votre estimation"),
        help_text=lazy("Pour votre institution seulement : elle précise les voies d’achat possibles."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "inp inp-m", "inputmode": "decimal"}),
    )
    method = forms.ChoiceField(label=lazy("Mode"), widget=forms.RadioSelect, choices=Need.Method.choices)
    audience = forms.ChoiceField(
        label=lazy("Qui le voit"), widget=forms.RadioSelect, choices=Need.Audience.choices
    )
    questions_until = MomentField(label=lazy("Questions jusqu’au"))
    closes_at = MomentField(label=lazy("Clôture"))
    is_sealed = forms.BooleanField(
        label=lazy("Sceller les propositions jusqu’à la clôture"),
        help_text=lazy("Personne ne les ouvre avant, ni vous, ni le pôle."),
        required=False,
    )
    reference = forms.CharField(
        label=lazy("Votre numéro de dossier"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "inp inp-m", "autocomplete": "off"}),
    )
    codes = forms.MultipleChoiceField(
        label=lazy("Codes UNSPSC"),
        help_text=lazy("Ces codes servent à trouver les entreprises qui offrent la même chose."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    code = forms.CharField(
        label=lazy("Ajouter un code"),
        max_length=20,
        required=False,
        widget=forms.TextInput(
            attrs={"class": "inp inp-s code", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    clauses = forms.TypedMultipleChoiceField(
        label=lazy("Clauses sociales"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    #: A code that is added is one of the codes as soon as it is kept.
    unversioned = frozenset({"code"})

    def __init__(
        self,
        data: Any = None,
        *,
        need: Need,
        proposed: list[ProposedCode],
        is_draft: bool = False,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.library = library_for(need)
        taken = [clause.pk for clause in self.library if clause.is_taken]
        standing = {
            name: getattr(need, name)
            for name in (
                "title", "description", "place", "starts_on", "ends_on", "band", "estimated_amount", "method",
                "audience", "questions_until", "closes_at", "is_sealed", "reference",
            )
        }  # fmt: skip
        super().__init__(
            data, initial={**standing, "codes": need.unspsc, "clauses": taken, **(initial or {})}
        )
        self.need = need
        # To be published, a need must say these; a draft may wait.
        for name in ("description", "closes_at"):
            self.fields[name].required = not is_draft
        self.fields["description"].error_messages["required"] = _("Décrivez le besoin en quelques phrases.")
        self.fields["closes_at"].error_messages["required"] = _("Choisissez la date de clôture.")
        for name in ("method", "audience", "band"):
            field: Any = self.fields[name]
            field.choices = [
                (value, capfirst(str(label)))
                for value, label in dict(Need._meta.get_field(name).choices).items()
            ]
        self.fields["method"].hints = {
            Need.Method.SURVEY: _("Vous demandez qui pourrait le faire et à quel prix, sans engagement."),
            Need.Method.DIRECT: _("Vous comptez choisir une entreprise et conclure un contrat avec elle."),
            Need.Method.LIMITED: _("Seules les entreprises que vous invitez répondent."),
        }
        labels = {one.code: one.label for one in proposed}
        posted = data.getlist("codes") if hasattr(data, "getlist") else []
        codes = list(dict.fromkeys([*need.unspsc, *labels, *filter(None, map(normalise_code, posted[:40]))]))
        self.fields["codes"].choices = [
            (code, f"{code} {labels.get(code) or code_label(code)}".strip()) for code in codes
        ]
        self.fields["clauses"].choices = [(clause.pk, clause.name) for clause in self.library]

    # -- one field at a time -----------------------------------------------------------------------------------

    def clean_title(self) -> str:
        return cleaned_line(self.cleaned_data["title"])

    def clean_description(self) -> str:
        return self.cleaned_data["description"].replace("\x00", "").strip()

    def clean_code(self) -> str:
        text = self.cleaned_data["code"]
        code = normalise_code(text)
        if text and not code:
            raise forms.ValidationError(
                _("« %(code)s » n’est pas un code UNSPSC : il a de deux à huit chiffres.") % {"code": text}
            )
        return code or ""

    def clean_place(self) -> str:
        """The area is kept apart from what was typed: « à Shawinigan, au garage » is a place too."""
        text = " ".join(self.cleaned_data["place"].replace("\x00", " ").split())
        self.area: dict[str, Any] = {"municipality_id": None, "mrc_id": None, "region_id": None}
        if not text or is_anywhere(text):
            return text
        found = read_place(text)
        if not found:
            raise forms.ValidationError(
                _("Nous ne reconnaissons pas ce lieu. Écrivez une municipalité, une MRC ou une région.")
            )
        if len(found) > 1:
            names = ", ".join(f"«\u00a0{place_label(one.token)}\u00a0»" for one in found)
            raise forms.ValidationError(
                _("Ce nom désigne plusieurs lieux. Écrivez l’un de ceux-ci : %(names)s.") % {"names": names}
            )
        token, town = found[0].token, current_gazetteer().resolve(text, "")
        if token.startswith("R"):
            self.area["region_id"] = token[1:]
        else:
            self.area |= {"mrc_id": token, "region_id": region_of_mrc(token)}
            if town.mrc == token:
                self.area["municipality_id"] = town.municipality
        return text

    def clean_closes_at(self) -> datetime | None:
        at = self.cleaned_data["closes_at"]
        if at is None:
            return None
        now = timezone.now()
        if at <= now and at != self.need.closes_at:
            raise forms.ValidationError(_("La clôture doit être à venir. Choisissez une autre date."))
        if at > now + FURTHEST:
            raise forms.ValidationError(_("La clôture est dans plus de deux ans. Vérifiez l’année."))
        return at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        questions, closes = cleaned.get("questions_until"), cleaned.get("closes_at")
        if questions and closes and questions > closes:
            self.add_error(
                "questions_until",
                _(
                    "On peut poser des questions jusqu’à la clôture au plus tard. Choisissez une date antérieure."
                ),
            )
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("La fin vient avant le début. Vérifiez les deux dates."))
        if len(self.chosen_codes(cleaned)) > MOST_CODES:
            self.add_error("codes", _("Gardez dix codes au plus : les plus précis."))
        return cleaned

    # -- what is kept --------------------------------------------------------------------------------------------

    @staticmethod
    def chosen_codes(cleaned: dict[str, Any]) -> list[str]:
        return list(dict.fromkeys(filter(None, [*cleaned.get("codes", []), cleaned.get("code", "")])))

    @property
    def chosen_clauses(self) -> list[Clause]:
        chosen = set(self.cleaned_data["clauses"])
        return [clause for clause in self.library if clause.pk in chosen]

    @property
    def values(self) -> dict[str, Any]:
        """What was cleaned, by column; what could not be read is left as it stands."""
        said = {
            name: self.cleaned_data[name]
            for name in (
                "title", "description", "starts_on", "ends_on", "band", "estimated_amount", "method", "audience",
                "questions_until", "closes_at", "is_sealed", "reference",
            )
            if name in self.cleaned_data
        }  # fmt: skip
        if "place" in self.cleaned_data:
            said |= {"place": self.cleaned_data["place"], **self.area}
        if "codes" in self.cleaned_data:
            said["unspsc"] = self.chosen_codes(self.cleaned_data)
        return said


def region_of_mrc(code: str) -> str | None:
    info = mrcs_by_code().get(code)
    return info.region if info else None


class DocumentForm(forms.Form):
    """One document at a time, apart: it is kept even where another field is to be corrected."""

    document = UploadField(
        label=lazy("Ajouter un document"),
        required=False,
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=lazy("Pourquoi"),
        help_text=lazy("Toutes les personnes qui voient le besoin liront ce motif."),
        max_length=2000,
        error_messages={
            "required": lazy("Écrivez le motif : toutes les personnes qui voient le besoin le liront.")
        },
        widget=forms.Textarea(attrs={"class": "inp", "rows": 4}),
    )
