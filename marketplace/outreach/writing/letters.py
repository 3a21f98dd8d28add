"""A letter's life: chosen, written, tried on oneself, confirmed, written out by a worker in steps, stopped while it can be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.poles import pole_acting_for
from marketplace.outbox.compose import send_emails
from marketplace.outbox.models import Attempted, Message, MessageQuerySet
from marketplace.outbox.queue import staff_language
from marketplace.outreach.contact_log.recording import log_letters, withdraw_letters
from marketplace.outreach.models import Letter, LetterTarget, LetterWords
from marketplace.outreach.writing.audience import Audience, Reader, read_audience
from marketplace.outreach.writing.emails import KIND, letter_draft, trial_draft
from marketplace.outreach.writing.fields import check_fields, fill_fields
from marketplace.outreach.writing.waking import wake_writer
from marketplace.territories.models import Pole
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers.models.supplier import SupplierQuerySet

#: Enterprises of one letter; letters confirmed by a pôle in a day; trials of one letter in an hour.
MOST_TARGETS, MOST_A_DAY, MOST_TRIALS = 5_000, 20, 10
STEP = 200
DRAFTS_KEPT = timedelta(days=90)
WORDS = ("purpose", "title", "body", "title_en", "body_en")


@dataclass(frozen=True)
class Stopped:
    """How many mails were stopped, and how many had left."""

    stopped: int
    gone: int


@verb
def begin_letter(
    *,
    suppliers: SupplierQuerySet,
    by: User,
    pole: Pole | None = None,
    chosen: str = "",
    words: LetterWords | None = None,
) -> Letter:
    """A draft to these enterprises, as far as they are of the territory. `chosen`: in words, how they were."""
    targets = list(suppliers.curated_by(by).order_by("pk").values_list("pk", flat=True)[: MOST_TARGETS + 1])
    if not targets:
        raise WrongMove(_("Choisissez au moins une entreprise de votre territoire."))
    if len(targets) > MOST_TARGETS:
        raise WrongMove(
            _("Une lettre va à %(n)s entreprises au plus. Resserrez le filtre.") % {"n": MOST_TARGETS}
        )
    if pole is None and not by.is_superuser:
        pole = pole_acting_for(Organisation.objects.get(supplier=targets[0]), by)
    letter = Letter(by=by, pole=_pole_of(by, pole), chosen=chosen[:300])
    if words is not None:
        _take_words(letter, {name: getattr(words, name) for name in WORDS})
    letter.save()
    LetterTarget.objects.bulk_create(
        [LetterTarget(letter=letter, supplier_id=pk) for pk in targets], batch_size=1_000
    )
    return letter


@verb
def save_letter(*, letter: Letter, words: Mapping[str, str], by: User, pole: Pole | None = None) -> Letter:
    """New words of a draft. `pole`: in whose name, of those that the person works for."""
    held = _held(letter, by)
    _take_words(held, words)
    if pole is not None:
        held.pole = _pole_of(by, pole)
    held.by = by
    held.save()
    return held


@verb
def drop_letter(*, letter: Letter, by: User) -> None:
    """A draft that nobody wants goes, with its list."""
    _held(letter, by).delete()


@verb
def try_letter(*, letter: Letter, by: User) -> Message:
    """The letter as its first reader would get it, to oneself."""
    held = _held(letter, by)
    _check_words(held)
    lately = Message.objects.filter(
        kind="outreach.letter_trial",
        subject=held.subject,
        created_at__gt=timezone.now() - timedelta(hours=1),
    )
    if lately.count() >= MOST_TRIALS:
        raise WrongMove(_("Dix essais sont déjà partis depuis une heure. Attendez un peu."))
    reader = first_readers(held, 1)
    if not reader:
        raise WrongMove(_("Personne ne recevrait cette lettre : voyez qui est laissé de côté."))
    version = timezone.now().isoformat()
    [message] = send_emails(
        [trial_draft(letter=held, reader=reader[0], to=by, pole=held.pole, version=version)]
    )
    return message


@verb
def confirm_letter(*, letter: Letter, seen: str, by: User) -> Letter:
    """It is to be written and sent. `seen`: the digest of the words that the page showed; pressed twice, it is sent once."""
    held = Letter.objects.select_for_update(of=("self",)).select_related("pole").get(pk=letter.pk)
    _check_right(held, by)
    if held.state in (Letter.State.WRITING, Letter.State.WRITTEN):
        return held
    if held.state != Letter.State.DRAFT:
        raise WrongMove(_("Cette lettre a été arrêtée."))
    if seen != words_digest(held):
        raise WrongMove(_("La lettre a changé depuis que vous l’avez lue. Relisez-la, puis envoyez-la."))
    _check_words(held)
    day_ago = timezone.now() - timedelta(days=1)
    if Letter.objects.filter(pole=held.pole, confirmed_at__gt=day_ago).count() >= MOST_A_DAY:
        raise WrongMove(
            _("Le pôle a déjà envoyé %(n)s lettres depuis un jour. Attendez demain.") % {"n": MOST_A_DAY}
        )
    held.state, held.confirmed_at, held.by = Letter.State.WRITING, timezone.now(), by
    held.save()
    transaction.on_commit(partial(wake_writer, held.pk), robust=True)
    return held


@verb
def write_step(*, letter_id: int, by: None) -> bool:
    """Write the mails of the next `STEP` enterprises; whether more wait. Safe to run twice, and by two workers at once."""
    letter = (
        Letter.objects.select_for_update(of=("self",))
        .select_related("pole", "by")
        .filter(pk=letter_id, state=Letter.State.WRITING)
        .first()
    )
    if letter is None:
        return False
    rows = letter.targets.filter(settled_at=None).select_related("supplier__organisation").order_by("pk")
    targets = list(rows[:STEP])
    if targets:
        _write(letter, targets)
    if len(targets) == STEP:
        return True
    letter.state = Letter.State.WRITTEN
    letter.save(update_fields=["state"])
    return False


def _write(letter: Letter, targets: list[LetterTarget]) -> None:
    audience = read_audience(letter, targets, taken=mails_of(letter).values_list("address", flat=True))
    drafts = [
        letter_draft(letter=letter, target=target, reader=reader, pole=letter.pole)
        for target in targets
        for reader in audience.readers.get(target.pk, [])
    ]
    send_emails(drafts)
    now = timezone.now()
    for target in targets:
        target.left_out, target.settled_at = audience.left_out.get(target.pk, ""), now
    LetterTarget.objects.bulk_update(targets, ["left_out", "settled_at"])
    written = [(target, audience.readers[target.pk]) for target in targets if target.pk in audience.readers]
    log_letters(
        letter=letter,
        said={
            target.supplier.organisation_id: _said_in_log(letter, target, readers)
            for target, readers in written
        },
        by=letter.by,
    )


def _said_in_log(letter: Letter, target: LetterTarget, readers: list[Reader]) -> tuple[int, str, str]:
    """The supplier, to whom, and what was said, as the contact log keeps them."""
    people = ", ".join(reader.person for reader in readers if reader.person)
    values = {"entreprise": str(target.supplier.organisation.name), "personne": people}
    values |= {"pole": letter.pole.name if letter.pole else "", "fiche": ""}
    with staff_language():
        said = _("Lettre : %(title)s") % {"title": fill_fields(letter.title, values)}
    return target.supplier_id, people[:160], said


@verb
def stop_letter(*, letter: Letter, by: User) -> Stopped:
    """Whatever has not left stays here; the contact log no longer says that those enterprises were written to."""
    held = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    _check_right(held, by)
    if held.state not in (Letter.State.WRITING, Letter.State.WRITTEN):
        raise WrongMove(_("Cette lettre n’est pas partie, ou elle est déjà arrêtée."))
    held.state, held.stopped_at, held.stopped_by = Letter.State.STOPPED, timezone.now(), by
    held.save(update_fields=["state", "stopped_at", "stopped_by"])
    with staff_language():
        reason = _("La lettre a été arrêtée avant son départ.")
    waiting = mails_of(held).filter(status=Attempted.Status.QUEUED)
    stopped = waiting.update(
        status=Attempted.Status.CANCELLED, last_error=reason, claim=None, leased_until=None
    )
    left = mails_of(held).exclude(status=Attempted.Status.CANCELLED).values_list("decision", flat=True)
    gone = {target_of(decision) for decision in left}
    kept = held.targets.exclude(pk__in=gone).values_list("supplier", flat=True)
    withdraw_letters(letter=held, supplier_ids=list(kept), by=by)
    return Stopped(stopped, len(left))


def write_a_step_of_each() -> int:
    """A step of every letter that is being written; how many there are. What is left goes on at the next round."""
    waiting = list(Letter.objects.filter(state=Letter.State.WRITING).order_by("confirmed_at", "pk"))
    for letter in waiting:
        if write_step(letter_id=letter.pk, by=None):
            wake_writer(letter.pk)
    return len(waiting)


@verb
def forget_drafts(*, by: None) -> int:
    """Drafts that nobody confirmed in ninety days go, with their lists; how many."""
    old = Letter.objects.filter(state=Letter.State.DRAFT, created_at__lt=timezone.now() - DRAFTS_KEPT)
    pks = list(old.order_by("pk").values_list("pk", flat=True)[:100])
    Letter.objects.filter(pk__in=pks).delete()
    return len(pks)


# --- What pages and checks ask ------------------------------------------------------------------------------------------


def mails_of(letter: Letter) -> MessageQuerySet:
    return Message.objects.filter(kind=KIND, subject=letter.subject)


def target_of(decision: str) -> int:
    """The key of the target that a mail's `decision` names."""
    return int(decision.partition(":")[2].partition(".")[0])


def audience_of(letter: Letter) -> Audience:
    """Of a draft, as it would be written now."""
    return read_audience(letter, list(letter.targets.select_related("supplier__organisation").order_by("pk")))


def first_readers(letter: Letter, n: int, audience: Audience | None = None) -> list[Reader]:
    readers = (audience or audience_of(letter)).readers
    return [reader for some in readers.values() for reader in some][:n]


def words_digest(letter: LetterWords) -> str:
    return digest_of(*(getattr(letter, name) for name in WORDS))


def digest_of(*words: str) -> str:
    """What a page carries of the words that it shows: another where one of them has changed."""
    return hashlib.sha256("\x00".join(words).encode()).hexdigest()[:32]


def _take_words(letter: Letter, words: Mapping[str, str]) -> None:
    for name in WORDS:
        if name in words:
            setattr(letter, name, words[name].strip())


def _check_words(letter: Letter) -> None:
    if not letter.title or not letter.body:
        raise WrongMove(_("Écrivez l’objet et le texte de la lettre."))
    if bool(letter.title_en) != bool(letter.body_en):
        raise WrongMove(_("En anglais, il manque l’objet ou le texte."))
    try:
        for name in WORDS[1:]:
            check_fields(getattr(letter, name))
    except ValidationError as why:
        raise WrongMove(why.messages[0]) from why


def _held(letter: Letter, by: User) -> Letter:
    """The draft, locked."""
    held = Letter.objects.select_for_update(of=("self",)).select_related("pole").get(pk=letter.pk)
    _check_right(held, by)
    if not held.is_draft:
        raise WrongMove(_("Cette lettre est déjà confirmée : ses mots ne changent plus."))
    return held


def _check_right(letter: Letter, by: User) -> None:
    if not (by.is_superuser or letter.pole_id in by.pole_codes):
        raise NotAllowed(_("Cette lettre est d’un autre pôle."))


def _pole_of(by: User, pole: Pole | None) -> Pole | None:
    """In whose name a person writes: the pôle that they say, of theirs; else their first. A platform admin may have none."""
    if by.is_superuser:
        return pole
    if pole is not None and pole.pk in by.pole_codes:
        return pole
    if not by.pole_codes:
        raise NotAllowed(_("Seul un pôle écrit aux entreprises de son territoire."))
    return Pole.objects.get(pk=min(by.pole_codes))


def mails_sentence(n: int) -> str:
    return ngettext("%(n)s courriel", "%(n)s courriels", n) % {"n": n}
