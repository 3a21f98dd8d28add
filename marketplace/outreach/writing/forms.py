"""The words of a letter, as staff type them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.outreach.models import Letter, LetterTemplate
from marketplace.outreach.writing.fields import check_fields
from marketplace.territories.models import Pole
from marketplace.web.admin import PlainForm

AREA = {"class": "inp", "rows": 12}


class LetterWordsForm(PlainForm):
    """Checks the fields; English is written whole, or not at all."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name in ("title", "body", "title_en", "body_en"):
            try:
                check_fields(said.get(name) or "")
            except forms.ValidationError as why:
                self.add_error(name, why)
        if bool(said.get("title_en")) != bool(said.get("body_en")):
            missing = "title_en" if said.get("body_en") else "body_en"
            self.add_error(missing, _("En anglais, il faut l’objet et le texte, ou aucun des deux."))
        return said


class LetterForm(LetterWordsForm):
    class Meta:
        model = Letter
        fields = ["purpose", "pole", "title", "body", "title_en", "body_en"]
        widgets = {
            "purpose": forms.Select(attrs={"class": "inp"}),
            "pole": forms.Select(attrs={"class": "inp"}),
            "title": forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
            "body": forms.Textarea(attrs=AREA),
            "title_en": forms.TextInput(attrs={"class": "inp", "autocomplete": "off", "lang": "en"}),
            "body_en": forms.Textarea(attrs={**AREA, "rows": 8, "lang": "en"}),
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("title", "body"):
            self.fields[name].required = True
        pole: Any = self.fields["pole"]
        pole.label = _("Au nom de")
        if by.is_superuser:
            pole.queryset = Pole.objects.order_by("name")
            pole.empty_label = _("La plateforme")
        elif len(by.pole_codes) > 1:
            pole.queryset = Pole.objects.filter(pk__in=by.pole_codes).order_by("name")
            pole.empty_label, pole.required = None, True
        else:
            del self.fields["pole"]

    @property
    def words(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "pole"}


class TemplateForm(LetterWordsForm):
    """In the admin."""

    class Meta:
        model = LetterTemplate
        fields = ["name", "pole", "purpose", "title", "body", "title_en", "body_en", "is_active"]
