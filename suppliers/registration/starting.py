"""From a NEQ to a draft, or to the sheet that already stands. Knowing a NEQ grants nothing (docs/adr/0011)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts import rules as who
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.outbox.compose import pole_for
from marketplace.web.errors import Refused, WrongMove
from marketplace.web.verbs import verb
from suppliers import states
from suppliers.models import Criterion, CriterionAnswer, Decision, Registration, Status, Supplier
from suppliers.slugs import supplier_slug

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

#: Drafts that one person may leave open at once: an adviser helps several, nobody floods the pôles.
MOST_DRAFTS = 5


class Taken(Refused):
    """A sheet stands for this NEQ: the person is led to it."""

    def __init__(self, supplier: Supplier) -> None:
        super().__init__(_("Ce NEQ a déjà une fiche."))
        self.supplier = supplier


@dataclass(frozen=True)
class Standing:
    """What stands for a NEQ: the sheet, and whether this person belongs to it already, or it is closed."""

    supplier: Supplier
    is_mine: bool

    @property
    def is_closed(self) -> bool:
        """Archived: claiming it would lead nowhere, and a second sheet would undo a decision."""
        return self.supplier.status == Status.ARCHIVED


def sheet_of(neq: str) -> Supplier | None:
    """The supplier of a NEQ, whatever its state: its organisation's, or one whose registration declares it."""
    suppliers = Supplier.objects.select_related("organisation")
    return (
        suppliers.filter(organisation__neq=neq).first()
        or suppliers.filter(registration__claimed_neq=neq).first()
    )


def standing(neq: str, person: Visitor) -> Standing | None:
    """None where the NEQ is free to register."""
    sheet = sheet_of(neq)
    if sheet is None or _is_passed_by(sheet, neq, person):
        return None
    return Standing(sheet, who.is_member_of.test(person, sheet.organisation))


def _is_passed_by(supplier: Supplier, neq: str, person: Visitor) -> bool:
    """Members of the organisation that has this NEQ are not led to a stranger's registration that only declares it."""
    known = Organisation.objects.filter(neq=neq).exclude(pk=supplier.organisation_id).first()
    return who.is_member_of.test(person, known)


def provisional_name(neq: str) -> str:
    """What a sheet is called before its first step is filled in."""
    return f"NEQ {neq}"


@verb
def begin(*, neq: str, by: User) -> Supplier:
    """Open a draft with the person as its owner. Raises `Taken` where a sheet stands, also one opened this instant.

    The draft hangs on an organisation of its own, without NEQ, until a pôle publishes it: an organisation that is known
    already, or that comes meanwhile, its members and its history stay untouched.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # a person's drafts are counted one at a time
    known = Organisation.objects.select_related("pole").filter(neq=neq).first()
    if (sheet := sheet_of(neq)) is not None and not _is_passed_by(sheet, neq, by):
        raise Taken(sheet)
    mine = Supplier.objects.filter(registration__started_by=by, status=Status.DRAFT)
    if mine.count() >= MOST_DRAFTS:
        raise WrongMove(
            _(
                "Vous avez déjà %(n)s inscriptions en cours. Envoyez-en une, ou écrivez à votre pôle pour en fermer une."
            )
            % {"n": MOST_DRAFTS}
        )
    try:
        with transaction.atomic():
            supplier = _open(neq, known, by)
    except IntegrityError as error:  # the same NEQ, at the same moment, in another window
        if (sheet := sheet_of(neq)) is None:
            raise
        raise Taken(sheet) from error
    by.__dict__.pop("organisation_ids", None)  # kept on the instance: they have just changed
    return supplier


def _open(neq: str, known: Organisation | None, by: User) -> Supplier:
    is_mine = known is not None and who.is_member_of.test(by, known)
    if known is not None and is_mine:
        organisation = known
    else:  # whoever looks after the known one sees the draft too
        organisation = Organisation.objects.create(
            name=provisional_name(neq), pole=pole_for(known) if known else None
        )
        Membership.objects.create(user=by, organisation=organisation, role=Membership.Role.OWNER)
    supplier = Supplier.objects.create(
        organisation=organisation,
        slug=supplier_slug(f"inscription-{neq}"),
        status=Status.DRAFT,
        legal_form="",
        source=Supplier.Source.PERSON,
        curated_at=timezone.now(),  # an import leaves it alone
    )
    Registration.objects.create(supplier=supplier, claimed_neq="" if is_mine else neq, started_by=by)
    CriterionAnswer.objects.bulk_create(
        CriterionAnswer(supplier=supplier, criterion=criterion) for criterion in Criterion.values
    )
    Decision.objects.create(supplier=supplier, verb=states.OPEN.verb, to_status=Status.DRAFT, by=by)
    return supplier
