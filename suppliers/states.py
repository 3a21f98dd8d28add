"""The states of a supplier as a table: which move leads from where to where, and what it asks. No database here.

prospect → draft → submitted → published → suspended → archived; `archived` always says why. `curation.py` holds the
verb of each move.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suppliers.models import Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Move:
    """One line of the table. `target` None: the state stays. `label` is a button, `done` what history says.

    `by_members`: members of the enterprise may do it by themselves; the rest belongs to who curates. `settles`:
    the listing must be complete, and the NEQ that was declared becomes its own. `tone` is the button's colour.
    """

    verb: str
    sources: frozenset[str]
    target: str | None
    label: "_StrPromise"
    done: "_StrPromise"
    asks_message: bool = False
    asks_reason: bool = False
    by_members: bool = False
    settles: bool = False
    tone: str = "second"

    @property
    def changes_state(self) -> bool:
        """Whether it decides about the supplier as a whole, as the moves of `MOVES` do."""
        return self.target is not None and self.verb != "open"

    def leads_from(self, status: str) -> bool:
        return status in self.sources


EVERY_STATE = frozenset(Status.values)

TAKE_UP = Move(
    "take_up",
    frozenset({Status.PROSPECT}),
    Status.DRAFT,
    _("Commencer la fiche"),
    _("Fiche commencée"),
    by_members=True,
)
SUBMIT = Move(
    "submit",
    frozenset({Status.DRAFT}),
    Status.SUBMITTED,
    _("Soumettre"),
    _("Fiche soumise"),
    by_members=True,
)
WITHDRAW = Move(
    "withdraw",
    frozenset({Status.SUBMITTED}),
    Status.DRAFT,
    _("Reprendre la fiche"),
    _("Fiche reprise par l’entreprise"),
    by_members=True,
)
PUBLISH = Move(
    "publish",
    frozenset({Status.PROSPECT, Status.DRAFT, Status.SUBMITTED, Status.SUSPENDED}),
    Status.PUBLISHED,
    _("Publier la fiche"),
    _("Fiche publiée"),
    settles=True,
    tone="good",
)
CONFIRM = Move(
    "confirm",
    frozenset({Status.PUBLISHED}),
    Status.PUBLISHED,
    _("Accepter ce qui a changé"),
    _("Changements acceptés"),
    settles=True,
    tone="good",
)
RETURN = Move(
    "return_with_message",
    frozenset({Status.SUBMITTED}),
    Status.DRAFT,
    _("Demander un complément"),
    _("Complément demandé"),
    asks_message=True,
)
WRITE = Move(
    "write",
    frozenset({Status.PUBLISHED, Status.SUSPENDED}),
    None,
    _("Écrire à l’entreprise"),
    _("Message à l’entreprise"),
    asks_message=True,
)
SUSPEND = Move(
    "suspend", frozenset({Status.PUBLISHED}), Status.SUSPENDED, _("Suspendre"), _("Fiche suspendue")
)
REOPEN = Move(
    "reopen",
    frozenset({Status.SUSPENDED, Status.ARCHIVED}),
    Status.DRAFT,
    _("Rouvrir en brouillon"),
    _("Fiche rouverte"),
)
ARCHIVE = Move(
    "archive",
    EVERY_STATE - {Status.ARCHIVED},
    Status.ARCHIVED,
    _("Archiver"),
    _("Fiche archivée"),
    asks_reason=True,
    tone="danger",
)
NOT_SOCIAL_ECONOMY = Move(
    "not_social_economy",
    EVERY_STATE - {Status.ARCHIVED},
    Status.ARCHIVED,
    _("N’est pas une entreprise d’économie sociale"),
    _("Archivée : n’est pas une entreprise d’économie sociale"),
    tone="danger",
)
CONFIRM_NEQ = Move(
    "confirm_neq", frozenset({Status.PROSPECT}), None, _("Confirmer le NEQ"), _("NEQ confirmé")
)
TAKE_BACK_NEQ = Move(
    "take_back_neq",
    frozenset({Status.PROSPECT, Status.DRAFT, Status.ARCHIVED}),
    None,
    _("Annuler la confirmation du NEQ"),
    _("Confirmation du NEQ annulée"),
)
REMIND = Move(
    "remind", frozenset({Status.PUBLISHED}), None, _("Rappeler la fin de la vérification"), _("Rappel envoyé")
)
ATTEST = Move(
    "attest",
    frozenset({Status.PUBLISHED}),
    None,
    _("J’atteste que rien n’a changé"),
    _("Attestée sans changement par l’entreprise"),
    by_members=True,
)
RENEW = Move(
    "renew",
    frozenset({Status.PUBLISHED}),
    None,
    _("Renouveler les preuves"),
    _("Preuves renouvelées"),
    tone="good",
)
ASSIGN = Move("assign", EVERY_STATE, None, _("Confier à un pôle"), _("Fiche confiée à un pôle"))
UPDATE = Move("update", EVERY_STATE, None, _("Enregistrer"), _("Fiche modifiée"))
EDIT = Move(
    "edit",
    frozenset({Status.PROSPECT, Status.DRAFT, Status.PUBLISHED}),
    None,
    _("Enregistrer"),
    _("Fiche modifiée par l’entreprise"),
    by_members=True,
)
UNDO = Move("undo", EVERY_STATE, None, _("Annuler cette décision"), _("Décision annulée"))
MERGE = Move("merge", EVERY_STATE, None, _("Réunir les deux fiches"), _("Fiches réunies"))
UNMERGE = Move("unmerge", EVERY_STATE, None, _("Annuler la réunion"), _("Réunion annulée"))
OPEN = Move("open", frozenset(), Status.DRAFT, _("Ouvrir une fiche"), _("Fiche ouverte"))

#: In the order of the buttons.
MOVES = (
    PUBLISH,
    CONFIRM,
    RENEW,
    RETURN,
    WRITE,
    TAKE_UP,
    SUBMIT,
    SUSPEND,
    REOPEN,
    NOT_SOCIAL_ECONOMY,
    ARCHIVE,
)
BY_VERB = {
    move.verb: move
    for move in (
        *MOVES,
        REMIND,
        ATTEST,
        ASSIGN,
        CONFIRM_NEQ,
        TAKE_BACK_NEQ,
        UPDATE,
        OPEN,
        WITHDRAW,
        EDIT,
        UNDO,
        MERGE,
        UNMERGE,
    )
}

#: The badge of a state: ok, wait, no or plain.
BADGES = {
    Status.PROSPECT: "plain",
    Status.DRAFT: "plain",
    Status.SUBMITTED: "wait",
    Status.PUBLISHED: "ok",
    Status.SUSPENDED: "wait",
    Status.ARCHIVED: "no",
}
#: What a pôle vouches for on a published supplier, by the code that `Supplier.recheck` keeps; answers to criteria
#: are « c1 » to « c6 ».
VOUCHED = {
    "name": _("le nom"),
    "legal_form": _("la forme juridique"),
    "mrc_id": _("le lieu du siège"),
}
_CRITERION = re.compile(r"c[1-6]")


def moves_from(status: str) -> list[Move]:
    """What may be decided about a supplier in this state, in the order of the buttons."""
    return [move for move in MOVES if move.leads_from(status)]


def vouched_changes(changed: Iterable[str]) -> set[str]:
    """Of what changed, by name of field or code of criterion, what a pôle had verified."""
    return {name for name in changed if name in VOUCHED or _CRITERION.fullmatch(name)}


def changed_since_verified(recheck: Iterable[str]) -> str:
    """« le nom et la forme juridique » for the codes of `Supplier.recheck`; empty where there are none."""
    codes = list(recheck)
    phrases = [str(VOUCHED[code]) for code in codes if code in VOUCHED]
    if any(code not in VOUCHED for code in codes):
        phrases.append(gettext("les réponses aux critères"))
    return get_text_list(phrases, gettext("et"))
