"""Undoing what was decided about a supplier: the way back of each move, whoever made it (docs/adr/0018).

A decision keeps what its move wrote over (`Decision.before`). Undoing brings that back, withholds the letters that have
not left, tells those who had one, and leaves a decision of its own: the undone one stays in the history.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from marketplace.accounts.claimed_neq import split_organisation
from marketplace.accounts.poles import pole_acting_for
from marketplace.outbox.decisions import register_decision
from marketplace.outbox.delivery import withhold_letters
from marketplace.outbox.models import Message
from marketplace.web.errors import WrongMove
from marketplace.web.private_files import count_files_with
from marketplace.web.typography import format_moment
from marketplace.web.verbs import verb
from suppliers import emails, states
from suppliers.curation import (
    STATE_FIELDS,
    DecisionNote,
    announce_state,
    check_complete,
    hold_supplier,
    record_decision,
)
from suppliers.joined_listings import bring_prospect_back
from suppliers.models import CriterionAnswer, Decision, Finding, Registration, Status, Supplier
from suppliers.renewals import take_renewal_back

if TYPE_CHECKING:
    from marketplace.accounts.models import User

#: Of what a move may write, what is not simply brought back: see `_bring_back`.
APART = frozenset({"organisation_id", "curated_at", "recheck", "recheck_since"})
#: Moves that write nothing of the state, and have their way back by themselves.
APART_FROM_STATE = frozenset({states.ASSIGN.verb, states.RENEW.verb})
NO_NOTE = DecisionNote()


@verb
def undo_decision(*, decision: Decision, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """The supplier is again as it was before the decision; what was written on it since stays.

    Only while no other decision of the kind came after. Answers the decision that undoes.
    """
    letters = withhold_letters(decision=decision.cause)
    held = hold_supplier(states.UNDO, decision.supplier, by, note)
    current = Decision.objects.select_related("supplier", "by").get(pk=decision.pk)
    if why := why_not_undoable(current):
        raise WrongMove(why)
    was_published = held.status == Status.PUBLISHED
    if current.verb == states.ASSIGN.verb:
        held.organisation.pole_id = current.before["pole_id"]
        held.organisation.save(update_fields=["pole", "updated_at"])
    elif current.verb == states.RENEW.verb:
        take_renewal_back(held, current)
    else:
        _bring_back(held, current, by)
    undo = record_decision(states.UNDO, held, decision.supplier, by, note, undoes=current)
    held.save(update_fields=[*STATE_FIELDS, "updated_at"])
    if current.verb not in APART_FROM_STATE:
        announce_state(held, undo, was_published=was_published)
        if held.status == Status.PUBLISHED and not was_published:
            _tell_publication_again(held, undo, by)
    emails.send_decision_undone(
        supplier=held, undo=undo, pole=pole_acting_for(held.organisation, by), letters=letters.gone
    )
    return undo


def _tell_publication_again(held: Supplier, undo: Decision, by: User | None) -> None:
    """Where the letter of the publication stayed because the supplier was not public then: nobody has told its members."""
    published = Decision.objects.filter(supplier=held, verb=states.PUBLISH.verb, undoing=None).first()
    if published is None:
        return
    letters = Message.objects.filter(decision=published.cause)
    if letters.exists() and not letters.exclude(status=Message.Status.CANCELLED).exists():
        pole = pole_acting_for(held.organisation, by)
        emails.send_supplier_published(supplier=held, decision=undo, pole=pole)


def is_undoable_move(move: states.Move) -> bool:
    return move.changes_state or move.verb in APART_FROM_STATE


def why_not_undoable(decision: Decision) -> str:
    """Why a decision cannot be undone now, as a sentence; empty where it can. At most two queries."""
    move = states.BY_VERB.get(decision.verb)
    if move is None or not is_undoable_move(move):
        return _(
            "Cette ligne n’est pas une décision : rétablissez plutôt un état de la fiche depuis son historique."
        )
    if undo := decision.undone:
        return _("Cette décision est déjà annulée, %(at)s.") % {"at": format_moment(undo.at)}
    if not decision.before:
        return _(
            "Cette décision est trop ancienne pour être annulée ici : rétablissez plutôt un état de la fiche"
            " depuis son historique."
        )
    if (after := decision_after(decision)) is not None:
        return _(
            "Depuis, il y a eu « %(what)s », %(at)s. Annulez d’abord cette décision, ou rétablissez un état de la"
            " fiche depuis son historique."
        ) % {"what": states.BY_VERB[after.verb].done, "at": format_moment(after.at)}
    return ""


def decision_after(decision: Decision) -> Decision | None:
    """The last decision of the same kind that was made after this one and still stands."""
    later = Decision.objects.filter(supplier=decision.supplier_id, pk__gt=decision.pk, undoing=None)
    return later.filter(verb__in=_kin(decision.verb)).order_by("-pk").first()


def undoable_decisions(decisions: list[Decision]) -> set[int]:
    """Of one supplier's decisions, all of them, those that can be undone now. No query.

    Each has its `undoing` fetched along.
    """
    found: set[int] = set()
    seen: set[str] = set()
    for decision in sorted(decisions, key=lambda one: one.pk, reverse=True):
        move = states.BY_VERB.get(decision.verb)
        if move is None or decision.undone or not is_undoable_move(move):
            continue
        if decision.verb not in seen and decision.before:
            found.add(decision.pk)
        seen.update(_kin(decision.verb))
    return found


def _kin(verb_name: str) -> list[str]:
    """The moves that write the same columns: an assignment, a renewal stand apart from what is decided about the state."""
    if verb_name in APART_FROM_STATE:
        return [verb_name]
    return [name for name, move in states.BY_VERB.items() if move.changes_state]


def _bring_back(held: Supplier, decision: Decision, by: User | None) -> None:
    """Write on the held supplier what the decision wrote over; nothing is saved yet but what belongs to others."""
    before = decision.before
    for name in before.keys() & {column.attname for column in Supplier._meta.concrete_fields} - APART:
        setattr(held, name, Supplier._meta.get_field(name).to_python(before[name]))
    later = Decision.objects.filter(supplier=held, pk__gt=decision.pk)
    if not later.exists():  # nobody has written on it since: an import may bring it up to date again
        held.curated_at = Supplier._meta.get_field("curated_at").to_python(before["curated_at"])
    held.recheck, held.recheck_since = _marks(held, before)
    _unsettle_registration(held, before, by)
    if held.status == Status.PUBLISHED:
        check_complete(held)
    elif held.awaits_neq and held.status not in (Status.PROSPECT, Status.ARCHIVED):
        held.status = Status.PROSPECT  # its NEQ was taken back since: nobody works on it before it has one


def _marks(held: Supplier, before: dict[str, Any]) -> tuple[list[str], Any]:
    """What is to be verified again: what was marked before, and what has changed since. Only where it is public."""
    if held.status != Status.PUBLISHED:
        return [], None
    judged = CriterionAnswer.objects.filter(supplier=held).exclude(state=Finding.NONE)
    found = {f"c{number}" for number in judged.values_list("criterion", flat=True)}
    marked = sorted({*before["recheck"], *held.recheck} - found)
    since = Supplier._meta.get_field("recheck_since").to_python(before["recheck_since"])
    return marked, (since or held.recheck_since) if marked else None


def _unsettle_registration(held: Supplier, before: dict[str, Any], by: User | None) -> None:
    """The NEQ is declared again, and no more: what the publication gave or joined is given back, separated."""
    neq = before.get("claimed_neq")
    if not neq:
        return
    if merged := before.get("merged"):
        known = held.organisation
        held.organisation = split_organisation(merged=merged, out_of=known, by=by)
        held.save(update_fields=["organisation", "updated_at"])
        count_files_with(holder=held.organisation, files=held.evidence.values("file"))
        if replaced := before.get("replaced"):
            bring_prospect_back(held, known, replaced, by=by)
    elif held.organisation.neq == neq:
        held.organisation.neq, held.organisation.awaits_review = None, True
        held.organisation.save(update_fields=["neq", "awaits_review", "updated_at"])
    if held.organisation.neq is None:
        Registration.objects.filter(supplier=held).update(claimed_neq=neq)


def _why_letters_stay(whats: Collection[str]) -> dict[str, str]:
    decisions = Decision.objects.select_related("undoing", "supplier").in_bulk([int(what) for what in whats])
    return {what: why for what in whats if (why := _why_letter_stays(decisions.get(int(what))))}


def _why_letter_stays(decision: Decision | None) -> str:
    if decision is None:
        return _("La décision n’existe plus.")
    if decision.undone:
        return _("La décision a été annulée avant le départ du courriel.")
    says_published = decision.verb in (states.PUBLISH.verb, states.UNDO.verb)
    if says_published and decision.supplier.status != decision.to_status:
        return _("La fiche a changé d’état avant le départ du courriel.")
    return ""


register_decision("supplier_decision", _why_letters_stay)
