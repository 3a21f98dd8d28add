"""Who wants no more letters of a purpose: by the link of a mail, or signed in. And the last check before a mail leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.consents import withdraw_consent
from marketplace.accounts.models import Consent, User
from marketplace.matching.mail_preferences.registry import MailItem, MailKind
from marketplace.outbox.models import Message
from marketplace.outreach.models import Letter, LetterRefusal, LetterTarget, Purpose
from marketplace.outreach.writing.emails import read_stop_token
from marketplace.outreach.writing.purposes import RULES, address_digest, refusing_among
from marketplace.web.verbs import verb
from suppliers.models import Status


@dataclass
class Choice:
    """One purpose of one reader, as the page of a mailed link shows it. `stopped_at`: truthy where it is refused already."""

    purpose: str
    user: User | None
    address: str
    stopped_at: Any = None


@verb
def refuse_letters(*, purpose: str, address: str, user: User | None, by: User | None) -> None:
    """No more letters of this purpose; a second time changes nothing. A consent to it ends too."""
    if user is not None and (consent := RULES[purpose].consent):
        withdraw_consent(user=user, purpose=consent, by=by)
    else:
        LetterRefusal.objects.get_or_create(purpose=purpose, digest=address_digest(address))


@verb
def accept_letters(*, purpose: str, user: User, by: User) -> None:
    """Letters that need no consent, and that the person had refused, may come again."""
    LetterRefusal.objects.filter(purpose=purpose, digest=address_digest(user.email)).delete()


def choice_from_token(token: str) -> Choice | None:
    """None where the link was not made here, or what it was about is gone."""
    if (keys := read_stop_token(token)) is None:
        return None
    target_id, user_id = keys
    target = LetterTarget.objects.filter(pk=target_id).select_related("letter").first()
    if target is None:
        return None
    sent = Message.objects.filter(decision=target.cause(user_id)).select_related("recipient").first()
    user = sent.recipient if sent else User.objects.filter(pk=user_id).first()
    address = sent.address if sent else (user.email if user else "")
    if not address:
        return None
    purpose = target.letter.purpose
    rule = RULES[purpose]
    if user is not None and rule.consent:
        is_refused = not Consent.objects.standing().filter(user=user, purpose=rule.consent).exists()
    else:
        is_refused = bool(refusing_among([address], purpose))
    return Choice(purpose, user, address, is_refused or None)


def why_letters_fell(whats: Collection[str]) -> Mapping[str, str]:
    """Of the mails that these name (« 42.7 »), which must not leave, and why (`outbox.decisions`). Three statements at most."""
    targets = {what: int(what.partition(".")[0]) for what in whats}
    rows = LetterTarget.objects.filter(pk__in=set(targets.values()))
    known = {
        pk: (state, purpose, status)
        for pk, state, purpose, status in rows.values_list(
            "pk", "letter__state", "letter__purpose", "supplier__status"
        )
    }
    fallen: dict[str, str] = {}
    left: dict[str, list[str]] = defaultdict(list)
    for what, pk in targets.items():
        if pk not in known:
            fallen[what] = _("La fiche ou la lettre n’existe plus.")
        elif known[pk][0] == Letter.State.STOPPED:
            fallen[what] = _("La lettre a été arrêtée avant son départ.")
        elif known[pk][2] == Status.ARCHIVED:
            fallen[what] = _("La fiche est archivée.")
        else:
            left[known[pk][1]].append(what)
    for purpose, some in left.items():
        mails = Message.objects.filter(decision__in=[f"letter_target:{what}" for what in some])
        addresses = {
            decision.partition(":")[2]: address
            for decision, address in mails.values_list("decision", "address")
        }
        refusing = refusing_among(set(addresses.values()), purpose)
        for what, address in addresses.items():
            if address in refusing:
                fallen[what] = _("Cette personne ne veut plus de lettres de cette sorte.")
    return fallen


# --- Among the mails that a person chooses --------------------------------------------------------------------------------

KEY = "pole_letters"
CONSENTS = {rule.consent: purpose for purpose, rule in RULES.items() if rule.consent}


def _running(user: User) -> Sequence[Choice]:
    given = Consent.objects.standing().filter(user=user, purpose__in=CONSENTS)
    return [
        Choice(CONSENTS[purpose], user, user.email)
        for purpose in given.order_by("purpose").values_list("purpose", flat=True)
    ]


def _item(choice: Choice) -> MailItem:
    return MailItem(
        key=str(choice.purpose),
        name=_("Lettres du pôle : %(purpose)s") % {"purpose": Purpose(choice.purpose).label},
        detail=_("quand votre pôle écrit"),
    )


def _stop(rows: Sequence[Choice], user: User) -> None:
    for choice in rows:
        refuse_letters(purpose=choice.purpose, address=choice.address, user=choice.user, by=choice.user)


LETTERS = MailKind(
    key=KEY,
    title=gettext_lazy("Lettres de votre pôle"),
    says=gettext_lazy(
        "Ce que votre pôle écrit aux entreprises : formations, activités, occasions d’affaires."
    ),
    page="outreach:pole_letters",
    running=_running,
    item=_item,
    stop=_stop,
)
