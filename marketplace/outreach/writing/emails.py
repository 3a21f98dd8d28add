"""The mail of a letter: one declaration a purpose, the words of staff as plain text, a way to refuse more of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.outbox.compose import Draft, sender_for, unsubscribe_headers
from marketplace.outreach.models import Letter, LetterTarget, LetterWords, Purpose
from marketplace.outreach.writing.audience import Reader
from marketplace.outreach.writing.fields import fill_fields, paragraphs
from marketplace.outreach.writing.purposes import RULES
from marketplace.territories.models import Pole
from marketplace.web.emails import Email, absolute_url
from suppliers.models import Status, Supplier

KIND = "outreach.letter"
_signer = Signer(salt="outreach.letters")


def _letter_email(purpose: Purpose) -> Email:
    rule = RULES[purpose]
    return Email(
        kind=KIND, audience=rule.audience, title="%(title)s", template="outreach/letter", purpose=rule.consent
    )


LISTING_LETTER = _letter_email(Purpose.LISTING)
INVITATION_LETTER = _letter_email(Purpose.INVITATION)
ACTIVITIES_LETTER = _letter_email(Purpose.ACTIVITIES)
NEWS_LETTER = _letter_email(Purpose.NEWS)
EMAILS = {
    Purpose.LISTING: LISTING_LETTER,
    Purpose.INVITATION: INVITATION_LETTER,
    Purpose.ACTIVITIES: ACTIVITIES_LETTER,
    Purpose.NEWS: NEWS_LETTER,
}
LETTER_TRIAL = Email(
    kind="outreach.letter_trial",
    audience=_("Vous recevez ce courriel parce que vous avez demandé un essai de cette lettre. Personne d’autre ne l’a reçu."),
    title=_("Essai : %(title)s"),
    template="outreach/letter",
)  # fmt: skip


def has_english(letter: LetterWords) -> bool:
    """Written whole: both the title and the text."""
    return bool(letter.title_en.strip() and letter.body_en.strip())


def words_for(letter: LetterWords, language: str) -> tuple[str, str]:
    """Title and text in a language, French where nobody wrote them in English."""
    if language == "en" and has_english(letter):
        return letter.title_en, letter.body_en
    return letter.title, letter.body


def letter_draft(*, letter: Letter, target: LetterTarget, reader: Reader, pole: Pole | None) -> Draft:
    """The mail of one reader; unique by address and letter, it leaves only while its target's checks hold."""
    user = reader.user
    language = user.language if user else settings.LANGUAGE_CODE[:2]
    with translation.override(language):
        url = absolute_url(stop_path(target, user))
    return Draft(
        email=EMAILS[Purpose(letter.purpose)],
        recipient=user,
        address=reader.address,
        organisation=reader.organisation,
        pole=pole,
        subject=letter.subject,
        version="1",
        context={**_said(letter, reader, pole, language), "stop_url": url},
        headers=unsubscribe_headers(
            url=url, reply_to=sender_for(pole).reply_to, reference=f"lettre-{target.pk}"
        ),
        members_of=reader.organisation if user else None,
        decision=target.cause(user.pk if user else None),
        is_digest=True,
    )


def trial_draft(*, letter: Letter, reader: Reader, to: User, pole: Pole | None, version: str) -> Draft:
    """What `reader` would read, to who writes it, in their own language."""
    return Draft(
        email=LETTER_TRIAL,
        recipient=to,
        pole=pole,
        subject=letter.subject,
        version=version,
        context={**_said(letter, reader, pole, to.language), "stop_url": ""},
    )


def _said(letter: Letter, reader: Reader, pole: Pole | None, language: str) -> dict[str, Any]:
    title, body = words_for(letter, language)
    with translation.override(language):
        values = field_values(reader, pole)
    return {
        "title": fill_fields(title, values),
        "paragraphs": [fill_fields(part, values) for part in paragraphs(body)],
        "in_other_language": language == "en" and not has_english(letter),
    }


def field_values(reader: Reader, pole: Pole | None) -> dict[str, str]:
    """By field; see `fields.FIELDS`."""
    name = reader.organisation.name
    return {
        "entreprise": name,
        "personne": reader.person or name,
        "pole": pole.name if pole else settings.SENDER_NAME,
        "fiche": absolute_url(listing_path(reader.supplier)),
    }


def listing_path(supplier: Supplier) -> str:
    if supplier.status == Status.PUBLISHED:
        return reverse("suppliers:supplier", args=[supplier.slug])
    return reverse("suppliers:register")


# --- The link that refuses ----------------------------------------------------------------------------------------------


def stop_path(target: LetterTarget, user: User | None) -> str:
    return reverse("outreach:stop_letters", args=[_signer.sign(f"{target.pk}.{user.pk if user else 0}")])


def read_stop_token(token: str) -> tuple[int, int] | None:
    """The keys of the target and of the person (0: the listing's address); None where it was not made here."""
    try:
        target, _dot, user = _signer.unsign(token).partition(".")
        return int(target), int(user)
    except (BadSignature, ValueError):
        return None
