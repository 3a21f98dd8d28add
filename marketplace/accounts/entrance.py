"""Open sign-up: a name, an address and a password. The page never says whether the address has an account."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.forms import NameForm
from marketplace.accounts.models import User


class OpenSignUpForm(NameForm, SignupForm):
    """allauth's, with a name, and with the same work done whether the address is new or not."""

    account_already_exists: bool
    field_order = ["first_name", "last_name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email, password = self.fields["email"], self.fields["password1"]
        email.label = _("Courriel")
        email.help_text = _("De préférence celui de votre organisation. Nous y envoyons un lien à confirmer.")
        email.error_messages |= {
            "required": _("Écrivez votre courriel."),
            "invalid": _("Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca."),
        }
        email.widget.attrs |= {"class": "inp", "autocomplete": "email"}
        password.label = _("Mot de passe")
        password.help_text = _("Dix caractères ou plus. Une phrase que vous seul connaissez convient bien.")
        password.error_messages |= {"required": _("Choisissez un mot de passe.")}
        password.widget.attrs |= {"class": "inp"}
        for field in (email, password):
            field.widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        """A password may not look like the name either."""
        cleaned = super().clean() or {}
        password = cleaned.get("password1")
        if password and "password1" not in self.errors:
            someone = User(
                first_name=cleaned.get("first_name", ""),
                last_name=cleaned.get("last_name", ""),
                email=cleaned.get("email", ""),
            )
            try:
                get_adapter().clean_password(password, user=someone)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def try_save(self, request: HttpRequest) -> Any:
        """Hash the password of an address that is known too, so that the answer takes as long."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
            return super().try_save(request)
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:  # the same address, sent twice at the same moment
            self.account_already_exists = True
            return super().try_save(request)

    def signup(self, request: HttpRequest, user: User) -> None:
        """The language of the page is the person's."""
        user.language = "en" if (get_language() or "fr").startswith("en") else "fr"
        user.save(update_fields=["language"])
