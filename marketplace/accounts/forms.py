"""What people say of themselves when they come in."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.wording import words_only


class NameForm(forms.Form):
    """What mails and colleagues call the person."""

    first_name = forms.CharField(
        label=_("Prénom"),
        max_length=80,
        validators=[words_only],
        error_messages={"required": _("Écrivez votre prénom.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "class": "inp"}),
    )
    last_name = forms.CharField(
        label=pgettext_lazy("nom de famille", "Nom"),
        max_length=80,
        validators=[words_only],
        error_messages={"required": _("Écrivez votre nom.")},
        widget=forms.TextInput(attrs={"autocomplete": "family-name", "class": "inp"}),
    )


class SignUpForm(NameForm):
    """Of an invited person, a name and a password: the address is the invited one, proved by the link."""

    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        error_messages={"required": _("Choisissez un mot de passe.")},
        help_text=_("Dix caractères ou plus. Une phrase que vous seul connaissez convient bien."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "inp"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            someone = User(
                email=self.email,
                first_name=cleaned.get("first_name", ""),
                last_name=cleaned.get("last_name", ""),
            )
            try:
                password_validation.validate_password(password, someone)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned
