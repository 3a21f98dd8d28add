"""What people say of themselves when they come in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, SignupForm
from allauth.core import context
from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.accounts.security import tries
from marketplace.accounts.security.log import note_refusal
from marketplace.accounts.security.models import Kind
from marketplace.accounts.validators import validate_words_only

NEW_PASSWORD_HINT = _("Douze caractères ou plus. Quatre mots sans rapport entre eux conviennent bien.")


class NameForm(forms.Form):
    """What mails and colleagues call the person."""

    first_name = forms.CharField(
        label=_("Prénom"),
        max_length=80,
        validators=[validate_words_only],
        error_messages={"required": _("Écrivez votre prénom.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "class": "inp"}),
    )
    last_name = forms.CharField(
        label=pgettext_lazy("nom de famille", "Nom"),
        max_length=80,
        validators=[validate_words_only],
        error_messages={"required": _("Écrivez votre nom.")},
        widget=forms.TextInput(attrs={"autocomplete": "family-name", "class": "inp"}),
    )


class SignUpForm(NameForm):
    """Of an invited person, a name and a password: the address is the invited one, proved by the link."""

    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        error_messages={"required": _("Choisissez un mot de passe.")},
        help_text=NEW_PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "inp"}),
    )

    def __init__(self, *args: Any, email: str, organisation_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email, self.organisation_name = email, organisation_name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            someone = User(
                email=self.email,
                first_name=cleaned.get("first_name", ""),
                last_name=cleaned.get("last_name", ""),
            )
            someone.organisation_names = [self.organisation_name]
            try:
                password_validation.validate_password(password, someone)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class OpenSignUpForm(NameForm, SignupForm):
    """allauth's, with a name, and with the same work done whether the address is new or not."""

    account_already_exists: bool
    field_order = ["first_name", "last_name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email, password = self.fields["email"], self.fields["password1"]
        email.label = _("Courriel")
        email.help_text = _(
            "De préférence celui de votre organisation. Nous y envoyons un lien de confirmation."
        )
        email.error_messages |= {
            "required": _("Écrivez votre courriel."),
            "invalid": _("Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca."),
        }
        email.widget.attrs |= {"class": "inp", "autocomplete": "email"}
        password.label = _("Mot de passe")
        password.help_text = NEW_PASSWORD_HINT
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


class NewPasswordForm(ChangePasswordForm):
    """allauth's; a wrong current password counts as one at the sign-in page: whoever found an open session guesses no
    more there than here."""

    user: User

    def clean_oldpassword(self) -> str:
        made = tries.try_at(context.request, self.user.email)
        if tries.spent(made):
            note_refusal(kind=Kind.SIGN_IN_BLOCKED, person=self.user)
            raise get_adapter().validation_error("too_many_login_attempts")
        try:
            return super().clean_oldpassword()
        except forms.ValidationError:
            tries.record_wrong_try(made=made, by=None)
            note_refusal(kind=Kind.REAUTHENTICATION_FAILED, person=self.user)
            raise
