"""Why a notice is not for an enterprise."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.dealings.models import Decline


class DeclineForm(forms.Form):
    """The reason is optional: a button alone is an answer too."""

    reason = forms.ChoiceField(
        label=_("Pourquoi?"),
        help_text=_("Votre pôle lit cette raison pour mieux vous aider. L’acheteur ne la voit pas."),
        choices=[choice for choice in Decline.Reason.choices if choice[0]],
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.CharField(label=_("En quelques mots"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("note") and not cleaned.get("reason"):
            cleaned["reason"] = Decline.Reason.OTHER
        return cleaned
