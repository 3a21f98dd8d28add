"""The NEQ of a row that came without one: proposed from the registry's rows, confirmed by staff, taken back if wrong.

`neq_proposals` scores, this module decides; `joined_listings` makes one listing of two. Nothing is confirmed by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import F, Func, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.claimed_neq import give_neq
from marketplace.accounts.models import Organisation
from marketplace.accounts.neq import neq_digits
from marketplace.accounts.permissions import can_curate_organisation
from marketplace.territories.models import PoleCoverage
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.folding import fold_text
from marketplace.web.typography import format_neq
from marketplace.web.verbs import verb
from suppliers import joined_listings, states
from suppliers.curation import DecisionNote, hold_supplier, record_decision
from suppliers.models import ListedRow, NeqProposal, Supplier
from suppliers.neq_proposals import NamedPlace, propose_neqs_by_name

if TYPE_CHECKING:
    from marketplace.accounts.models import User

State, Outcome = NeqProposal.State, NeqProposal.Outcome


@verb
def propose_neqs(*, by: User | None) -> int:
    """Look again for every row that awaits a NEQ; how many rows have a proposal. What staff set aside stays so.

    Each import of suppliers ends with it; it costs one query where nothing waits.
    """
    waiting = list(Supplier.objects.awaiting_neq().select_related("organisation"))
    if not waiting:
        return 0
    registered = _registered_near(waiting)
    neqs: dict[int, str] = dict(registered.values_list("pk", "neq"))
    found = propose_neqs_by_name(
        [_named_place(s.organisation, s.pk) for s in waiting],
        [_named_place(o, o.pk) for o in registered.only(*PLACE).iterator()],
    )
    known = {(p.supplier_id, p.neq): p for p in NeqProposal.objects.filter(supplier__in=waiting)}
    new, changed, standing = [], [], set()
    for one in found:
        neq = neqs[one.registered]
        standing.add((one.listed, neq))
        said = {
            "organisation_id": one.registered,
            "confidence": one.confidence,
            "reasons": [str(why) for why in one.reasons],
        }
        proposal = known.get((one.listed, neq))
        if proposal is None:
            new.append(NeqProposal(supplier_id=one.listed, neq=neq, **said))
        elif any(getattr(proposal, name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(proposal, name, value)
            changed.append(proposal)
    gone = [p.pk for key, p in known.items() if key not in standing and p.state == State.PROPOSED]
    NeqProposal.objects.filter(pk__in=gone).delete()
    NeqProposal.objects.bulk_create(new)
    NeqProposal.objects.bulk_update(changed, ["organisation", "confidence", "reasons"])
    return len({listed for listed, _neq in standing})


def _registered_near(waiting: list[Supplier]) -> QuerySet[Organisation]:
    """Every organisation with a NEQ; where they are many, those of the regions that wait, those without one, and namesakes."""
    registered = Organisation.objects.filter(neq__isnull=False)
    if not registered.order_by("pk")[READ_ALL : READ_ALL + 1].exists():
        return registered
    poles = ListedRow.objects.filter(supplier__in=waiting).values("pole")
    regions = set(PoleCoverage.objects.today().filter(pole__in=poles).values_list("mrc__region", flat=True))
    regions |= {supplier.organisation.region_id for supplier in waiting}
    names = [fold_text(supplier.organisation.name) for supplier in waiting]
    return registered.alias(folded=Func(F("name"), function="f_fold")).filter(
        Q(region__in=regions - {None}) | Q(region=None) | Q(folded__in=names)
    )


READ_ALL = 20_000  # organisations whose names are read whole, some 60 MB
PLACE = ("name", "municipality", "town", "mrc", "postal_code")


def _named_place(organisation: Organisation, key: int) -> NamedPlace:
    return NamedPlace(
        key=key,
        name=organisation.name,
        town=organisation.municipality_id or fold_text(organisation.town),
        mrc=organisation.mrc_id or "",
        postal_code=organisation.postal_code,
    )


@verb
def confirm_neq(*, proposal: NeqProposal, by: User | None) -> NeqProposal:
    """The row is that NEQ: the organisation gets it, or the two listings become one. Raises `Refused` with the reason."""
    held, locked = _hold(proposal, states.CONFIRM_NEQ, by)
    if locked.state != State.PROPOSED:
        raise WrongMove(_("Cette proposition est déjà décidée."))
    return _settle(held, locked, by)


@verb
def give_typed_neq(*, supplier: Supplier, neq: str, by: User | None) -> NeqProposal:
    """Staff type the NEQ, as the enterprise gave it. Known here or not, it is confirmed as a proposal would be."""
    try:
        digits = neq_digits(neq)
    except ValidationError as error:
        raise WrongMove(" ".join(error.messages)) from error
    held = hold_supplier(states.CONFIRM_NEQ, supplier, by)
    proposal, created = NeqProposal.objects.get_or_create(supplier=held, neq=digits)
    if not created and proposal.state == State.CONFIRMED:
        raise WrongMove(_("Cette proposition est déjà décidée."))
    return _settle(held, proposal, by)


@verb
def reject_neq(*, proposal: NeqProposal, by: User | None) -> NeqProposal:
    """Not that one: it is not proposed again for this row."""
    _held, locked = _hold(proposal, states.CONFIRM_NEQ, by)
    if locked.state != State.PROPOSED:
        raise WrongMove(_("Cette proposition est déjà décidée."))
    return _decide(locked, State.REJECTED, by)


@verb
def reject_every_neq(*, supplier: Supplier, by: User | None) -> int:
    """None of these; how many were set aside."""
    held = hold_supplier(states.CONFIRM_NEQ, supplier, by)
    rows = list(NeqProposal.objects.select_for_update().filter(supplier=held, state=State.PROPOSED))
    for proposal in rows:
        _decide(proposal, State.REJECTED, by)
    return len(rows)


@verb
def take_back_neq(*, proposal: NeqProposal, by: User | None) -> NeqProposal:
    """The confirmation was wrong: both listings are as they were, but for what people wrote since and who joined.

    A rejection taken back is proposed again. Not once the listing is submitted or published: withdraw that first.
    """
    held, locked = _hold(proposal, states.TAKE_BACK_NEQ, by)
    if locked.state == State.PROPOSED:
        raise WrongMove(_("Il n’y a rien à annuler : cette proposition attend une décision."))
    if locked.state == State.CONFIRMED:
        if locked.outcome == Outcome.GIVEN:
            joined_listings.take_neq_away(held, locked.neq)
        elif locked.outcome == Outcome.JOINED:
            joined_listings.split_listing(held, locked.before, by=by)
        else:
            joined_listings.reopen_duplicate(held, locked.before)
        record_decision(states.TAKE_BACK_NEQ, held, held, by, DecisionNote(format_neq(locked.neq)))
    if locked.confidence is None:
        known = locked
        known.state = State.REJECTED  # typed by hand: nothing to propose again
        return _decide(known, State.REJECTED, by)
    locked.before, locked.outcome = {}, Outcome.NONE
    return _decide(locked, State.PROPOSED, None)


# -- inside ------------------------------------------------------------------------------------------------------


def _hold(proposal: NeqProposal, move: states.Move, by: User | None) -> tuple[Supplier, NeqProposal]:
    held = hold_supplier(move, proposal.supplier, by)
    locked = NeqProposal.objects.select_for_update().get(pk=proposal.pk)
    return held, locked


def _decide(proposal: NeqProposal, state: NeqProposal.State, by: User | None) -> NeqProposal:
    proposal.state = state
    proposal.decided_by = by
    proposal.decided_at = None if state == State.PROPOSED else timezone.now()
    proposal.save()
    return proposal


def _settle(held: Supplier, proposal: NeqProposal, by: User | None) -> NeqProposal:
    own, neq = held.organisation, proposal.neq
    if own.neq:
        raise WrongMove(_("Cette fiche a déjà un NEQ."))
    known = Organisation.objects.hold_with_neq(neq)
    if known is None:
        give_neq(own, neq)
        proposal.organisation, proposal.outcome, proposal.before = own, Outcome.GIVEN, {}
    else:
        if by is not None and not can_curate_organisation(by, known):
            raise NotAllowed(
                _(
                    "Ce NEQ est celui d’une ligne hors de votre territoire. L’administration peut le confirmer."
                )
            )
        proposal.organisation = known
        other = Supplier.objects.select_for_update(of=("self",)).filter(organisation=known).first()
        if other is None or joined_listings.is_untouched(other):
            proposal.outcome = Outcome.JOINED
            proposal.before = joined_listings.join_listing(held, known, other, by=by)
        else:
            proposal.outcome = Outcome.CLOSED
            proposal.before = joined_listings.close_duplicate(held, other)
    record_decision(states.CONFIRM_NEQ, held, held, by, DecisionNote(format_neq(neq)))
    return _decide(proposal, State.CONFIRMED, by)
