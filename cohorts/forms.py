"""Forms of cohorts: the enterprise's request; for staff a programme, a cohort, a decision. Constraints hold the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts.admission import MOTIVATION
from cohorts.models import Application, Cohort, Programme
from marketplace.territories.models import Pole
from marketplace.web.admin import PlainForm
from suppliers.models import Supplier


class ApplicationForm(forms.Form):
    """`suppliers`: the person's own published enterprises that have not asked yet; with one, nothing is to choose."""

    supplier = forms.TypedChoiceField(
        label=_("Quelle entreprise?"),
        widget=forms.RadioSelect,
        coerce=int,
        error_messages={
            "required": _("Choisissez l’entreprise qui suivra la cohorte."),
            "invalid_choice": _("Choisissez l’entreprise qui suivra la cohorte."),
        },
    )
    motivation = forms.CharField(
        label=_("Pourquoi cette cohorte?"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=MOTIVATION,
        error_messages={
            "required": _("Écrivez en quelques phrases pourquoi ce parcours vous convient."),
            "max_length": _("Ce texte est trop long : %(limit_value)d caractères au plus."),
        },
    )

    def __init__(self, *args: Any, cohort: Cohort, suppliers: Sequence[Supplier], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.suppliers = {supplier.pk: supplier for supplier in suppliers}
        choice: Any = self.fields["supplier"]
        choice.choices = [(pk, supplier.organisation.name) for pk, supplier in self.suppliers.items()]
        if len(suppliers) == 1:
            choice.widget = forms.HiddenInput()
            choice.initial = suppliers[0].pk
        motivation = self.fields["motivation"]
        motivation.required = not cohort.is_first_come
        motivation.help_text = (
            _("Ce que vous voulez apprendre aide le pôle à préparer les ateliers.")
            if cohort.is_first_come
            else _(
                "Ce que vous vendez, à qui vous voulez vendre, ce que vous voulez apprendre. Seul le pôle le lit."
            )
        )

    @property
    def chosen(self) -> Supplier:
        return self.suppliers[self.cleaned_data["supplier"]]


def _own_poles(reader: Any) -> Any:
    """A platform admin names any pôle, staff one of theirs."""
    rows = Pole.objects.order_by("name")
    return rows if reader is None or reader.is_superuser else rows.filter(pk__in=reader.pole_codes)


class ProgrammeForm(PlainForm):
    reader: Any = None  # set by the admin: who edits

    class Meta:
        model = Programme
        fields = ["name", "name_en", "teaches", "teaches_en", "pole"]
        widgets = {
            "teaches": forms.Textarea(attrs={"rows": 5}),
            "teaches_en": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "pole" in self.fields:
            pole: Any = self.fields["pole"]
            pole.queryset = _own_poles(self.reader)
            pole.required = self.reader is not None and not self.reader.is_superuser


class CohortForm(PlainForm):
    reader: Any = None  # set by the admin: who edits

    class Meta:
        model = Cohort
        fields = [
            "programme", "title", "title_en", "text", "text_en", "audience", "audience_en", "pole", "partners",
            "region", "admission", "places", "confirm_days", "opens_at", "closes_at", "starts_on", "ends_on",
            "is_online", "place", "address",
        ]  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": 4}) for name in ("text", "text_en", "audience", "audience_en")
        } | {"partners": forms.CheckboxSelectMultiple, "admission": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "pole" in self.fields:
            pole: Any = self.fields["pole"]
            pole.queryset = _own_poles(self.reader)
            if self.instance.pk and self.instance.pole_id:  # a partner's staff edit it without taking it over
                pole.queryset |= Pole.objects.filter(pk=self.instance.pole_id)
            elif pole.queryset.count() == 1:
                pole.initial = pole.queryset.get()

    def clean_admission(self) -> str:
        value: str = self.cleaned_data["admission"]
        if self.instance.opened_at and value != self.initial.get("admission"):
            raise forms.ValidationError(_("La cohorte est annoncée : la façon d’y entrer ne change plus."))
        return value

    def clean_places(self) -> int:
        value: int = self.cleaned_data["places"]
        taken = Application.objects.filter(cohort=self.instance).seated().count() if self.instance.pk else 0
        if value < taken:
            sentence = ngettext(
                "%(n)s place est déjà prise : il en faut au moins autant.",
                "%(n)s places sont déjà prises : il en faut au moins autant.",
                taken,
            )
            raise forms.ValidationError(sentence % {"n": taken})
        return value

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        opens, closes = found.get("opens_at"), found.get("closes_at")
        if opens and closes and opens >= closes:
            self.add_error("closes_at", _("La fin des candidatures vient avant leur début."))
        first, last = found.get("starts_on"), found.get("ends_on")
        if first and last and first > last:
            self.add_error("ends_on", _("La fin de la cohorte vient avant son début."))
        partners = found.get("partners")
        if partners is not None and found.get("pole") in list(partners):
            found["partners"] = partners.exclude(pk=found["pole"].pk)
        return found


class MessageForm(forms.Form):
    """What is written to the enterprises with a decision."""

    message = forms.CharField(
        label=_("Message à l’entreprise"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Il accompagne le courriel qui annonce la décision. Il est obligatoire pour refuser."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
