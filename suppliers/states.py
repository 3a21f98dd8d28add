"""The life of a sheet, as a table: which move leads from where to where, and what it asks. No database here.

prospect → draft → submitted → published → suspended → archived; `archived` always says why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from suppliers.models import Status

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Move:
    """One line of the table. `target` None: the state stays. `label` is a button, `done` what history says."""

    verb: str
    sources: frozenset[str]
    target: str | None
    label: "_StrPromise"
    done: "_StrPromise"
    asks_message: bool = False
    asks_reason: bool = False
    tone: str = "second"

    def leads_from(self, status: str) -> bool:
        return status in self.sources


EVERY_STATE = frozenset(Status.values)

TAKE_UP = Move(
    "take_up", frozenset({Status.PROSPECT}), Status.DRAFT, _("Commencer la fiche"), _("Fiche commencée")
)
SUBMIT = Move("submit", frozenset({Status.DRAFT}), Status.SUBMITTED, _("Soumettre"), _("Fiche soumise"))
WITHDRAW = Move(
    "withdraw",
    frozenset({Status.SUBMITTED}),
    Status.DRAFT,
    _("Reprendre la fiche"),
    _("Fiche reprise par l’entreprise"),
)
PUBLISH = Move(
    "publish",
    frozenset({Status.PROSPECT, Status.DRAFT, Status.SUBMITTED, Status.SUSPENDED}),
    Status.PUBLISHED,
    _("Publier la fiche"),
    _("Fiche publiée"),
    tone="good",
)
CONFIRM = Move(
    "confirm",
    frozenset({Status.PUBLISHED}),
    Status.PUBLISHED,
    _("Confirmer la vérification"),
    _("Vérification confirmée"),
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
    _("N’est pas d’économie sociale"),
    _("Archivée : n’est pas d’économie sociale"),
    tone="danger",
)
ASSIGN = Move("assign", EVERY_STATE, None, _("Assigner à un pôle"), _("Pôle assigné"))
UPDATE = Move("update_sheet", EVERY_STATE, None, _("Enregistrer"), _("Fiche modifiée"))
EDIT = Move(
    "edit",
    frozenset({Status.PROSPECT, Status.DRAFT, Status.PUBLISHED}),
    None,
    _("Enregistrer"),
    _("Fiche modifiée par l’entreprise"),
)
OPEN = Move("open_sheet", frozenset(), Status.DRAFT, _("Ouvrir une fiche"), _("Fiche ouverte"))

#: In the order of the buttons.
MOVES = (PUBLISH, CONFIRM, RETURN, TAKE_UP, SUBMIT, SUSPEND, REOPEN, NOT_SOCIAL_ECONOMY, ARCHIVE)
BY_VERB = {move.verb: move for move in (*MOVES, ASSIGN, UPDATE, OPEN, WITHDRAW, EDIT)}


def moves_from(status: str) -> list[Move]:
    """What may be decided about a sheet in this state, in the order of the buttons."""
    return [move for move in MOVES if move.leads_from(status)]


def missing_for_publication(
    *, legal_form: str, activity: str, offers: Iterable[str] | int, mrc: str | None, region: str | None
) -> list["_StrPromise"]:
    """What a sheet lacks before the public may see it, as noun phrases; empty when nothing is missing."""
    offer_count = offers if isinstance(offers, int) else len([title for title in offers if title.strip()])
    missing = []
    if not legal_form:
        missing.append(_("une forme juridique"))
    if not activity.strip() and not offer_count:
        missing.append(_("une activité ou une offre"))
    if not mrc and not region:
        missing.append(_("un lieu (MRC ou région)"))
    return missing
