"""What Django and allauth say on our pages reads as ours does, in both languages."""

import re

import pytest
from allauth.account import forms as allauth_forms
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.validators import EmailValidator
from django.utils import translation

from marketplace.outbox.account_adapter import AccountAdapter
from marketplace.web import catalogues, library_texts
from tests.web import english, french


def _forms(text: str | tuple[str, str]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


@pytest.mark.parametrize(
    "sentence", library_texts.LIBRARY_TEXTS, ids=lambda sentence: _forms(sentence.theirs)[0][:40]
)
def test_borrowed_sentence_is_well_typed(sentence):
    for text in _forms(sentence.french):
        assert not french.faults(re.sub(r"%\(\w+\)s|{\w+}", "x", text))
    for text in _forms(sentence.in_english):
        assert not english.faults(text)


def test_borrowed_sentences_stand_in_both_catalogues():
    for language in ("fr", "en"):
        known = {message.id: message.string for message in catalogues.load(language)}
        for sentence in library_texts.LIBRARY_TEXTS:
            said = sentence.french if language == "fr" else sentence.in_english
            assert known.get(sentence.theirs) == said, sentence.theirs


def test_every_refusal_of_allauth_is_well_typed_in_french():
    with translation.override("fr"):
        said = [str(text) for text in AccountAdapter.error_messages.values()]
        said += [str(text) for text in DefaultMFAAdapter.error_messages.values()]
        said += [str(EmailValidator.message)]
        faults = {text: french.faults(re.sub(r"%\(\w+\)s|%d", "x", text)) for text in said}
    assert not {text: found for text, found in faults.items() if found}


def test_every_label_of_allauth_is_well_typed_in_french():
    forms = (
        allauth_forms.AddEmailForm,
        allauth_forms.ChangePasswordForm,
        allauth_forms.ResetPasswordForm,
        allauth_forms.ResetPasswordKeyForm,
        allauth_forms.SetPasswordForm,
        allauth_forms.ReauthenticateForm,
    )
    with translation.override("fr"):
        labels = {str(field.label) for form in forms for field in form.base_fields.values() if field.label}
    assert labels
    assert not {label: french.faults(label) for label in labels if french.faults(label)}
