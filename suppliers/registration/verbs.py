"""What people do in a registration: begin it with a NEQ, and send the supplier to the pôle.

Knowing a NEQ grants nothing (docs/adr/0011). The fields are written by `suppliers.editing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.members import add_member
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.permissions import is_member_of
from marketplace.accounts.poles import pole_for
from marketplace.web.errors import Refused, WrongMove
from marketplace.web.verbs import verb
from suppliers import states
from suppliers.curation import submit_supplier
from suppliers.emails import send_registration_received
from suppliers.models import Criterion, CriterionAnswer, Decision, Registration, Status, Supplier
from suppliers.registration.steps import progress_of, provisional_name
from suppliers.slugs import supplier_slug

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

#: Drafts that one person may leave open at once: an adviser helps several, nobody floods the pôles.
MOST_DRAFTS = 5
#: The words are kept with the date: what a person declared is what they read.
DECLARATION = gettext_lazy(
    "J’ai le mandat d’inscrire cette entreprise. Ce que j’ai écrit est exact, et les pièces sont les siennes. J’accepte que le pôle les examine; le public n’en voit que la fiche."
)


class NeqTaken(Refused):
    """A supplier stands for this NEQ: the person is led to it."""

    def __init__(self, supplier: Supplier) -> None:
        super().__init__(_("Ce NEQ a déjà une fiche."))
        self.supplier = supplier


@dataclass(frozen=True)
class Standing:
    """What stands for a NEQ: the supplier, and whether this person belongs to it already, or it is closed."""

    supplier: Supplier
    is_mine: bool

    @property
    def is_closed(self) -> bool:
        """Archived: claiming it would lead nowhere, and a second supplier would undo a decision."""
        return self.supplier.status == Status.ARCHIVED


def supplier_with_neq(neq: str) -> Supplier | None:
    """The supplier of a NEQ, whatever its state: its organisation's, or one whose registration declares it."""
    suppliers = Supplier.objects.select_related("organisation")
    return (
        suppliers.filter(organisation__neq=neq).first()
        or suppliers.filter(registration__claimed_neq=neq).first()
    )


def standing_of_neq(neq: str, person: Visitor) -> Standing | None:
    """None where the NEQ is free to register."""
    supplier = supplier_with_neq(neq)
    if supplier is None or _is_passed_by(supplier, neq, person):
        return None
    return Standing(supplier, is_member_of(person, supplier.organisation))


def _is_passed_by(supplier: Supplier, neq: str, person: Visitor) -> bool:
    """Members of the organisation that has this NEQ are not led to a stranger's registration that only declares it."""
    known = Organisation.objects.filter(neq=neq).exclude(pk=supplier.organisation_id).first()
    return is_member_of(person, known)


def is_neq_known(supplier: Supplier) -> bool:
    """Whether another organisation already has the NEQ that this registration declares: publishing joins them."""
    registration = getattr(supplier, "registration", None)
    neq = registration.claimed_neq if registration else ""
    return bool(neq) and Organisation.objects.filter(neq=neq).exists()


@verb
def begin_registration(*, neq: str, by: User) -> Supplier:
    """Open a draft with the person as its owner. Raises `NeqTaken` where a supplier stands, also one opened this instant.

    The draft hangs on an organisation of its own, without NEQ, until a pôle publishes it: an organisation that is known
    already, or that comes meanwhile, its members and its history stay untouched.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # a person's drafts are counted one at a time
    known = Organisation.objects.select_related("pole").filter(neq=neq).first()
    if (supplier := supplier_with_neq(neq)) is not None and not _is_passed_by(supplier, neq, by):
        raise NeqTaken(supplier)
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
        if (supplier := supplier_with_neq(neq)) is None:
            raise
        raise NeqTaken(supplier) from error
    by.forget_roles()  # kept on the instance: they have just changed
    return supplier


def _open(neq: str, known: Organisation | None, by: User) -> Supplier:
    is_mine = known is not None and is_member_of(by, known)
    if known is not None and is_mine:
        organisation = known
    else:  # whoever looks after the known one sees the draft too
        organisation = Organisation.objects.create(
            name=provisional_name(neq), pole=pole_for(known) if known else None
        )
        add_member(organisation=organisation, user=by, role=Membership.Role.OWNER, by=by)
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


@verb
def submit_registration(*, supplier: Supplier, by: User, declaration: str) -> Decision:
    """Send the supplier for verification, with the declaration as it was read. Evidence may still be missing."""
    whole = Supplier.objects.select_for_update(of=("self",)).select_related("organisation", "registration")
    lacks = progress_of(whole.get(pk=supplier.pk)).lacks
    if lacks:
        raise WrongMove(
            _("Il manque encore : %(what)s.") % {"what": ", ".join(str(lack.text) for lack in lacks)}
        )
    if not declaration:
        raise WrongMove(_("Cochez la déclaration : sans elle, le pôle ne peut pas examiner la fiche."))
    decision = submit_supplier(supplier=supplier, by=by)
    said = {"declared_by": by, "declared_at": timezone.now(), "declaration": declaration}
    # A supplier that a listing brought has no registration yet.
    Registration.objects.update_or_create(supplier=supplier, defaults=said)
    send_registration_received(supplier=supplier, decision=decision, by=by)
    return decision
