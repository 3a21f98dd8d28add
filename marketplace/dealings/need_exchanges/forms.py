"""What both sides type: choices, questions, a quote, a decision, what came of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.dealings.models import ContractAnswer, NeedInvitation, NeedQuestion
from marketplace.dealings.need_exchanges.sealing import OpenedQuote, QuoteTerms
from marketplace.web.form_values import validate_year
from marketplace.web.private_files import UploadField
from marketplace.web.typography import format_money
from suppliers.models import Supplier

LONGEST_QUESTION = 1500
LONGEST_WORDS = 4000
NOBODY = "none"


class DollarsField(forms.DecimalField):
    """« 12 500,50 $ », “12,500.50”: what people write, in dollars and cents."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal("0.01"))
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        kwargs["error_messages"] = {
            "invalid": _("Écrivez un montant en chiffres : 12 500 ou 12 500,50."),
            "min_value": _("Le montant doit être plus grand que zéro."),
            "max_digits": _("Ce montant est trop grand. Vérifiez les zéros."),
            "max_whole_digits": _("Ce montant est trop grand. Vérifiez les zéros."),
            "max_decimal_places": _("Écrivez au plus deux décimales."),
            **kwargs.get("error_messages", {}),
        }
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = re.sub(r"[\s\u00a0\u202f$]", "", value)
            if re.search(r"[.,]\d{3}(?:[.,]|$)", value):  # points or commas between thousands
                value = re.sub(r"[.,](?=\d{3}(?:[.,]|$))", "", value)
            value = value.replace(",", ".")
            if value and not re.fullmatch(r"-?\d+(\.\d+)?", value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


def typed_amount(amount: Decimal | None) -> str:
    """As a person would type it: « 12 500,50 »."""
    return "" if amount is None else format_money(amount, cents=True).strip("$\u00a0 ")


class PlainForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class AskForm(PlainForm):
    """A question, for one of the person's enterprises."""

    supplier = forms.TypedChoiceField(
        label=_("Pour quelle entreprise?"), coerce=int, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Votre question"),
        help_text=_(
            "L’institution y répond pour tout le monde, sans dire qui l’a posée : ne vous nommez pas."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST_QUESTION,
        error_messages={"required": _("Écrivez votre question.")},
    )

    def __init__(self, *args: Any, suppliers: Sequence[Supplier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_supplier(self, suppliers)


def choose_supplier(form: forms.Form, suppliers: Sequence[Supplier]) -> None:
    """With one enterprise there is nothing to choose."""
    field: Any = form.fields["supplier"]
    field.choices = [(supplier.pk, supplier.organisation.name) for supplier in suppliers]
    if len(suppliers) == 1:
        field.widget = forms.HiddenInput()
        field.initial = suppliers[0].pk


class AnswerForm(PlainForm):
    """What everyone will read."""

    public_text = forms.CharField(
        label=_("La question, telle qu’elle sera publiée"),
        help_text=_("Retirez ce qui laisserait deviner qui l’a posée."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_QUESTION,
        error_messages={"required": _("Écrivez la question à publier.")},
    )
    answer = forms.CharField(
        label=_("Votre réponse"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST_WORDS,
        error_messages={"required": _("Écrivez votre réponse.")},
    )

    def __init__(self, *args: Any, question: NeedQuestion, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", f"q{question.pk}")
        super().__init__(*args, initial={"public_text": question.text}, **kwargs)


class QuoteForm(PlainForm):
    """A quote. A draft may lack anything; what is submitted has an amount."""

    amount = DollarsField(
        label=_("Montant, avant taxes"),
        required=False,
        help_text=_("Le total pour tout ce que le besoin demande."),
        error_messages={"required": _("Inscrivez un montant avant de déposer votre proposition.")},
    )
    taxes = forms.ChoiceField(
        label=_("Taxes"),
        choices=[("added", _("TPS et TVQ en sus")), ("none", _("Nous ne facturons pas de taxes"))],
        widget=forms.RadioSelect,
        initial="added",
    )
    valid_until = forms.DateField(
        label=_("Valable jusqu’au"),
        required=False,
        validators=[validate_year],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Écrivez une date : 2026-12-31.")},
    )
    conditions = forms.CharField(
        label=_("Ce qui est compris, délais et conditions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        max_length=LONGEST_WORDS,
    )
    file = UploadField(label=_("Fichier à l’appui"), required=False)
    drop_file = forms.BooleanField(label=_("Retirer le fichier joint"), required=False)

    def __init__(
        self, *args: Any, terms: QuoteTerms | None, is_submitting: bool = False, **kwargs: Any
    ) -> None:
        said = terms or QuoteTerms()
        initial = {
            "amount": typed_amount(said.amount),
            "taxes": said.taxes,
            "valid_until": said.valid_until,
            "conditions": said.conditions,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.is_submitting = is_submitting
        # a draft may do without; what is read before anything is typed says what a quote needs
        self.fields["amount"].required = is_submitting or not self.is_bound
        if not said.file_name:
            del self.fields["drop_file"]

    def clean_valid_until(self) -> date | None:
        until: date | None = self.cleaned_data["valid_until"]
        if self.is_submitting and until is not None and until < timezone.localdate():
            raise ValidationError(gettext("Cette date est passée. Choisissez un jour à venir."))
        return until

    @property
    def terms(self) -> QuoteTerms:
        data = self.cleaned_data
        return QuoteTerms(
            amount=data.get("amount"),
            taxes=data.get("taxes") or "added",
            valid_until=data.get("valid_until"),
            conditions=data.get("conditions", ""),
        )


class DeclineInvitationForm(PlainForm):
    reason = forms.ChoiceField(
        label=_("Pourquoi?"),
        choices=NeedInvitation.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez un motif."), "invalid_choice": _("Choisissez un motif.")},
    )
    note = forms.CharField(
        label=_("Précision"),
        required=False,
        max_length=500,
        help_text=_("Seule l’institution la lit."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecisionForm(PlainForm):
    """`opened`: the quotes that the page shows."""

    chosen = forms.ChoiceField(
        label=_("Votre décision"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une proposition, ou personne.")},
    )
    why = forms.CharField(
        label=_("Motif"),
        help_text=_(
            "Ce motif reste au dossier. Si personne n’est retenu, il paraît aussi dans la lettre aux entreprises."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST_WORDS,
        error_messages={"required": _("Écrivez pourquoi : le dossier doit l’indiquer.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, opened: Sequence[OpenedQuote], **kwargs: Any) -> None:
        initial = {"seen": ",".join(str(one.quote.pk) for one in opened)}
        super().__init__(*args, initial=initial, **kwargs)
        choice: Any = self.fields["chosen"]
        choice.choices = [
            *((str(one.quote.pk), one.quote.supplier.organisation.name) for one in opened),
            (NOBODY, _("Ne retenir personne")),
        ]
        choice.hints = {
            str(one.quote.pk): gettext("%(amount)s avant taxes")
            % {"amount": format_money(one.terms.amount, cents=True)}
            for one in opened
        }


class ContractForm(PlainForm):
    said = forms.ChoiceField(
        label=_("Le contrat est-il conclu?"),
        choices=ContractAnswer.Said.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une réponse.")},
    )
    amount = DollarsField(
        label=_("Montant du contrat, avant taxes"),
        required=False,
        help_text=_("S’il est conclu. Il compte dans les retombées; l’autre partie ne le voit pas ici."),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if (
            data.get("said") == ContractAnswer.Said.YES
            and not data.get("amount")
            and "amount" not in self.errors
        ):
            self.add_error("amount", gettext("Inscrivez le montant du contrat, avant taxes."))
        return data
