"""What people type: a question, a message, a refusal, another day, a report."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation
from marketplace.dealings.inquiries.asking import Question, check_answer_by
from marketplace.dealings.models import Inquiry, InquiryRecipient
from marketplace.dealings.models.inquiries import BODY, REASON, SUBJECT
from marketplace.web.errors import Refused
from marketplace.web.private_files import UploadField
from marketplace.web.workdays import is_working_day
from suppliers.models import Supplier

#: Working days that a question leaves unless the person says otherwise.
USUAL_DAYS = 7


capfirst_lazy = lazy(capfirst, str)


class PlainLabels(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


def _day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "inp inp-s"}),
        error_messages={
            "required": _("Choisissez une date."),
            "invalid": _("Cette date ne se lit pas. Écrivez-la comme 2027-01-31."),
        },
        **kwargs,
    )


def _words(label: Any, most: int, rows: int, required: Any = None, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": required or _("Écrivez votre message."),
            "max_length": _("Ce texte est trop long : %(limit_value)d caractères au plus."),
        },
        **kwargs,
    )


class InquiryForm(PlainLabels):
    """`suppliers`: those that the page was asked for; each may be left out. `organisations`: whom one may ask for."""

    fournisseur = forms.MultipleChoiceField(
        label=_("À qui"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Gardez au moins un fournisseur."),
            "invalid_choice": _("Un des fournisseurs choisis n’est plus au répertoire. Vérifiez la liste."),
        },
    )
    organisation = forms.TypedChoiceField(
        label=_("Au nom de"), coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(
        label=_("Que voulez-vous savoir?"),
        choices=[(kind.value, capfirst_lazy(kind.label)) for kind in Inquiry.Kind],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une sorte de demande."),
            "invalid_choice": _("Choisissez une sorte de demande."),
        },
    )
    subject = forms.CharField(
        label=_("Objet"),
        max_length=SUBJECT,
        help_text=_("« Traiteur pour 120 personnes, le 12 février »"),
        error_messages={
            "required": _("Écrivez l’objet en quelques mots."),
            "max_length": _("Ce texte est trop long : %(limit_value)d caractères au plus."),
        },
    )
    body = _words(
        _("Message"),
        BODY,
        8,
        help_text=_("Ce qu’il vous faut, où, quand, combien. Chaque fournisseur reçoit le même message, sans savoir à qui d’autre vous l’envoyez."),
    )  # fmt: skip
    answer_by = _day_field(
        label=_("Réponse attendue le"),
        help_text=_("Nous relançons les fournisseurs deux jours ouvrables avant."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        suppliers: Sequence[Supplier],
        organisations: Sequence[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.suppliers = {supplier.slug: supplier for supplier in suppliers}
        self.organisations = {organisation.pk: organisation for organisation in organisations}
        chosen: Any = self.fields["fournisseur"]
        chosen.choices = [(slug, supplier.organisation.name) for slug, supplier in self.suppliers.items()]
        chosen.initial = list(self.suppliers)
        asking: Any = self.fields["organisation"]
        asking.choices = [(pk, organisation.name) for pk, organisation in self.organisations.items()]
        if len(organisations) < 2:
            del self.fields["organisation"]
        self.fields["key"].initial = uuid.uuid4()
        self.fields["answer_by"].initial = usual_answer_by()

    def clean_answer_by(self) -> date:
        day: date = self.cleaned_data["answer_by"]
        _check(day)
        return day

    @property
    def question(self) -> Question:
        said = self.cleaned_data
        return Question(
            kind=said["kind"], subject=said["subject"], body=said["body"], answer_by=said["answer_by"]
        )

    @property
    def chosen(self) -> list[Supplier]:
        return [self.suppliers[slug] for slug in self.cleaned_data["fournisseur"]]

    @property
    def asks_for(self) -> Organisation | None:
        known = list(self.organisations.values())
        if len(known) < 2:
            return known[0] if known else None
        return self.organisations.get(self.cleaned_data["organisation"])


class MessageForm(PlainLabels):
    """What one side writes in an exchange. `seen`: the last message that the page showed."""

    body = _words(_("Votre message"), BODY, 6)
    file = UploadField(required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DeclineForm(PlainLabels):
    """Reasons that a supplier may give; those of what did not leave are not among them."""

    reason = forms.ChoiceField(
        label=_("Pourquoi?"),
        widget=forms.RadioSelect,
        choices=[(one.value, capfirst_lazy(one.label)) for one in InquiryRecipient.Reason if one in ("dates", "area", "offer", "size", "other")],
        error_messages={"required": _("Choisissez une raison."), "invalid_choice": _("Choisissez une raison.")},
    )  # fmt: skip
    body = _words(_("Un mot pour l’acheteur"), BODY, 4, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].required = False


class DeadlineForm(PlainLabels):
    """`was`: the day that the page showed."""

    answer_by = _day_field(label=_("Nouvelle date"))
    was = forms.DateField(widget=forms.HiddenInput, required=False)

    def clean_answer_by(self) -> date:
        day: date = self.cleaned_data["answer_by"]
        _check(day)
        return day


class ReportForm(PlainLabels):
    why = _words(
        _("Qu’est-ce qui ne va pas?"),
        REASON,
        4,
        required=_("Dites en quelques mots ce qui ne va pas."),
        help_text=_("Le pôle ne lira que ce message, pour décider de la suite."),
    )
    message = forms.IntegerField(widget=forms.HiddenInput, required=False)


def usual_answer_by() -> date:
    """The seventh working day from today."""
    day, left = timezone.localdate(), USUAL_DAYS
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day


def _check(day: date) -> None:
    try:
        check_answer_by(day)
    except Refused as refusal:
        raise forms.ValidationError(str(refusal)) from refusal
