"""The code, asked in three places; a code that has served does not serve again."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from django import forms
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.security import tries
from marketplace.accounts.security.log import note_refusal
from marketplace.accounts.security.models import Kind

SPENT_FOR = 180  # seconds: longer than a code lives, one period early or late


class CodeField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=20,
            error_messages={
                "required": _("Écrivez le code."),
                "max_length": _(
                    "Ce code est trop long. Il compte six chiffres; un code de secours en compte huit."
                ),
            },
            widget=forms.TextInput(
                attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "inp inp-s code"}
            ),
            **kwargs,
        )


class _SpentOnce(forms.Form):
    """A code serves once, and wrong ones are counted in the database (`tries`)."""

    user: Any

    def clean_code(self) -> str:
        made = tries.code_try_at(self.user.pk)
        if tries.spent(made):
            note_refusal(kind=Kind.SIGN_IN_BLOCKED, person=self.user)
            raise get_account_adapter().validation_error("too_many_login_attempts")
        try:
            code: str = super().clean_code()
        except forms.ValidationError:
            tries.record_wrong_try(made=made, by=None)
            raise
        key = salted_hmac("second-factor-spent", f"{self.user.pk}|{code}").hexdigest()
        if not cache.add(key, 1, SPENT_FOR):
            note_refusal(kind=Kind.SECOND_FACTOR_FAILED, person=self.user)
            raise get_adapter().validation_error("incorrect_code")
        return code


class SignInCodeForm(_SpentOnce, base.AuthenticateForm):
    code = CodeField(
        label=_("Code"),
        help_text=_("Les six chiffres affichés par votre application, ou un de vos codes de secours."),
    )


class ConfirmCodeForm(_SpentOnce, base.ReauthenticateForm):
    code = CodeField(
        label=_("Code"),
        help_text=_("Les six chiffres affichés par votre application, ou un de vos codes de secours."),
    )


class SetUpForm(totp.ActivateTOTPForm):
    code = CodeField(
        label=_("Code"), help_text=_("Les six chiffres affichés en ce moment par l’application.")
    )

    @property
    def secret_in_groups(self) -> str:
        """Four by four, to type it where no camera reads the drawing."""
        return " ".join(self.secret[i : i + 4] for i in range(0, len(self.secret), 4))
