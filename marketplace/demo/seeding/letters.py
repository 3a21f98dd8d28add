"""Seeded letters of the demo's pôle: templates, one that left some days ago with an address that refused, a draft."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from marketplace.accounts.consents import give_consent
from marketplace.accounts.models import Consent, User
from marketplace.outbox.models import Attempted, Message
from marketplace.outreach.models import ContactEntry, Letter, LetterTarget, LetterTemplate, Purpose
from marketplace.outreach.writing.letters import (
    begin_letter,
    confirm_letter,
    mails_of,
    save_letter,
    words_digest,
    write_step,
)
from marketplace.outreach.writing.member_views import WORDINGS
from marketplace.territories.models import Pole
from suppliers.models import Status, Supplier

UPDATE = {
    "purpose": Purpose.LISTING,
    "title": "{entreprise} : votre fiche est-elle à jour?",
    "body": "Des acheteurs publics de la Mauricie consultent votre fiche. Prenez cinq minutes pour vérifier vos offres, votre "
    "territoire et la personne à joindre.\n\nVotre fiche : {fiche}\n\nUne question? Répondez à ce courriel : une personne "
    "du {pole} vous aidera.",
    "title_en": "{entreprise}: is your listing up to date?",
    "body_en": "Public buyers in Mauricie read your listing. Take five minutes to check your goods and services, your area "
    "served and whom to contact.\n\nYour listing: {fiche}\n\nA question? Reply to this email: someone at {pole} will help.",
}  # fmt: skip
INVITATION = {
    "purpose": Purpose.INVITATION,
    "title": "{entreprise} peut vendre aux institutions de sa région",
    "body": "Les municipalités, les écoles et les établissements de santé cherchent ici des entreprises d’économie sociale. "
    "La vôtre y a déjà une fiche, que personne ne gère encore.\n\nPour la compléter : {fiche}",
}
WORKSHOP = {
    "purpose": Purpose.ACTIVITIES,
    "title": "Atelier : répondre à un premier avis public",
    "body": "Le {pole} offre un atelier gratuit de deux heures, en personne. On y lit un vrai avis et on prépare la réponse "
    "ensemble.\n\nPour réserver une place, répondez à ce courriel.",
}
_SAID = "550 5.1.1 User unknown\nL’adresse n’existe pas."


def seed_letters(*, staff: User, member: User, day: date) -> None:
    """Through the verbs; what left is dated some days before `day`."""
    pole = Pole.objects.get(code="mauricie")
    LetterTemplate.objects.create(name="Fiche à mettre à jour", pole=pole, **UPDATE)
    LetterTemplate.objects.create(name="Atelier du pôle", pole=pole, **WORKSHOP)
    LetterTemplate.objects.create(name="Invitation à gérer sa fiche", **INVITATION)
    wording = str(WORDINGS[Purpose.ACTIVITIES])
    give_consent(user=member, purpose=Consent.Purpose.POLE_ACTIVITIES, wording=wording, by=member)
    published = Supplier.objects.filter(status=Status.PUBLISHED)
    letter = begin_letter(suppliers=published, by=staff, chosen="Fiches publiées de la Mauricie")
    letter = save_letter(letter=letter, words=UPDATE, by=staff)
    confirm_letter(letter=letter, seen=words_digest(letter), by=staff)
    while write_step(letter_id=letter.pk, by=None):
        pass
    moment = datetime.combine(day - timedelta(days=4), time(14, 5), tzinfo=UTC)
    _date(letter, moment)
    draft = begin_letter(suppliers=published, by=staff, chosen="Fiches publiées de la Mauricie")
    save_letter(letter=draft, words=WORKSHOP, by=staff)


def _date(letter: Letter, moment: datetime) -> None:
    """As if it had been written then; the last address refused its mail."""
    Letter.objects.filter(pk=letter.pk).update(created_at=moment, confirmed_at=moment)
    LetterTarget.objects.filter(letter=letter).update(settled_at=moment)
    mails = mails_of(letter)
    mails.update(
        status=Attempted.Status.DONE, attempts=1, created_at=moment, next_attempt_at=moment, done_at=moment
    )
    refused = mails.filter(recipient=None).order_by("-pk").values_list("pk", flat=True)[:1]
    Message.objects.filter(pk__in=list(refused)).update(status=Attempted.Status.FAILED, last_error=_SAID)
    keys = [letter.contact_key(pk) for pk in letter.targets.values_list("supplier", flat=True)]
    ContactEntry.objects.filter(key__in=keys).update(on=moment.date())
