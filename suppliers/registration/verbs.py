"""What people do in a registration: begin it with a NEQ, and send the supplier to the pôle.

Knowing a NEQ grants nothing (docs/adr/0011). The fields are written by `suppliers.editing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.members import add_member
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.permissions import can_curate_organisation, is_member_of
from marketplace.accounts.poles import pole_for
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, Refused, WrongMove
from marketplace.web.verbs import verb
from suppliers import states
from suppliers.curation import submit_supplier
from suppliers.emails import REGISTRATION_RECEIVED, send_registration_received
from suppliers.models import Criterion, CriterionAnswer, Decision, Registration, Status, Supplier
from suppliers.registration.steps import progress_of, provisional_name
from suppliers.slugs import supplier_slug

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor
    from suppliers.models.supplier import SupplierQuerySet

#: Drafts that one person may leave open at once: an adviser helps several, nobody floods the pôles.
MOST_DRAFTS = 5
#: The words are kept with the date: what a person declared is what they read.
DECLARATION = gettext_lazy(
    "J’ai le mandat d’inscrire cette entreprise. Ce que j’ai écrit est exact, et les pièces sont les siennes. J’accepte que le pôle les examine; le public n’en voit que la fiche."
)


RECEIPT_APART = timedelta(minutes=10)
RECEIPTS_A_DAY = 3  # besides the first


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
    """The supplier that has this NEQ, whatever its state. A registration that only declares it does not."""
    rows = Supplier.objects.select_related("organisation")
    found = rows.filter(organisation__neq=neq).first()
    if found is not None and (into := found.organisation.merged_into_id):
        return rows.filter(organisation=into).first()
    return found


def standing_of_neq(neq: str, person: Visitor) -> Standing | None:
    """None where the NEQ is free to register: nobody has it, and the person has not begun with it."""
    if (supplier := supplier_with_neq(neq)) is not None:
        return Standing(supplier, is_member_of(person, supplier.organisation))
    if not isinstance(person, User) or not person.organisation_ids:
        return None
    own = Supplier.objects.select_related("organisation").filter(
        organisation__in=person.organisation_ids, registration__claimed_neq=neq
    )
    mine = own.exclude(status=Status.ARCHIVED).first() or own.first()
    return Standing(mine, True) if mine else None


def is_declared_by_another(neq: str, person: Visitor) -> bool:
    """Whether somebody else is registering with this NEQ: said to the person, who it is is not."""
    others = Registration.objects.filter(claimed_neq=neq).exclude(supplier__status=Status.ARCHIVED)
    ids = person.organisation_ids if isinstance(person, User) else []
    return others.exclude(supplier__organisation__in=ids).exists()


def standing_for(neq: Any) -> SupplierQuerySet:
    """Suppliers that have this NEQ (or an `OuterRef`) and that people keep: a registration of it cannot become public
    any more, its person asks to hold that one. What only a file brought makes way.
    """
    members = Membership.objects.filter(organisation=OuterRef("organisation"))
    kept = Q(curated_at__isnull=False) | Q(source=Supplier.Source.PERSON) | Q(Exists(members))
    decided = ~Q(status__in=(Status.PROSPECT, Status.DRAFT))
    return Supplier.objects.filter(kept | decided, organisation__neq=neq)


def is_neq_known(supplier: Supplier) -> bool:
    """Whether another organisation already has the NEQ that this registration declares: publishing joins them."""
    registration = getattr(supplier, "registration", None)
    neq = registration.claimed_neq if registration else ""
    return bool(neq) and Organisation.objects.filter(neq=neq).exists()


@verb
def begin_registration(*, neq: str, by: User) -> Supplier:
    """Open a draft with the person as its owner. Raises `NeqTaken` where a supplier has the NEQ, or the person has begun.

    The draft hangs on an organisation of its own, without NEQ, until a pôle publishes it: an organisation that is known
    already, or that comes meanwhile, its members and its history stay untouched. It reserves nothing: others may begin
    with the same NEQ, an import brings it as if nobody had, and the pôle, which sees them side by side, decides.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # a person's drafts are counted one at a time
    by.forget_roles()  # what another window opened meanwhile counts
    if (found := standing_of_neq(neq, by)) is not None:
        raise NeqTaken(found.supplier)
    mine = Supplier.objects.filter(registration__started_by=by, status=Status.DRAFT)
    if mine.count() >= MOST_DRAFTS:
        raise WrongMove(
            _(
                "Vous avez déjà %(n)s inscriptions en cours. Envoyez-en une, ou écrivez à votre pôle pour en fermer une."
            )
            % {"n": MOST_DRAFTS}
        )
    known = Organisation.objects.select_related("pole").filter(neq=neq).first()
    try:
        with transaction.atomic():
            supplier = _open(neq, known, by)
    except IntegrityError as error:  # a colleague opened their organisation's at the same moment
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
            name=provisional_name(neq), pole=pole_for(known) if known else None, awaits_review=True
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
    registration = Registration.objects.filter(supplier=supplier, claimed_neq__gt="").first()
    if registration is not None and standing_for(registration.claimed_neq).exists():
        raise WrongMove(
            _("Ce NEQ a maintenant une fiche. Demandez à la gérer plutôt que d’envoyer la vôtre.")
        )
    if not declaration:
        raise WrongMove(_("Cochez la déclaration : sans elle, le pôle ne peut pas examiner la fiche."))
    decision = submit_supplier(supplier=supplier, by=by)
    said = {"declared_by": by, "declared_at": timezone.now(), "declaration": declaration}
    # A supplier that a listing brought has no registration yet.
    Registration.objects.update_or_create(supplier=supplier, defaults=said)
    send_registration_received(supplier=supplier, decision=decision, by=by)
    return decision


@verb
def resend_registration_receipt(*, supplier: Supplier, by: User) -> User:
    """Send « inscription reçue » once more to whoever sent the registration; asked by its people or its pôle. To whom.

    Not twice within ten minutes, nor more than three times a day.
    """
    held = Supplier.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=supplier.pk)
    if not (is_member_of(by, held.organisation) or can_curate_organisation(by, held.organisation)):
        raise NotAllowed
    decision = held.decisions.filter(verb="submit", by__isnull=False).select_related("by").first()
    if held.status != Status.SUBMITTED or decision is None or decision.by is None:
        raise WrongMove(_("Aucune inscription envoyée n’attend ici : il n’y a pas de courriel à renvoyer."))
    sent = Message.objects.filter(kind=REGISTRATION_RECEIVED.kind, subject=f"supplier:{held.pk}")
    now = timezone.now()
    if sent.filter(created_at__gt=now - RECEIPT_APART).exists():
        raise WrongMove(_("Ce courriel vient de partir. Attendez dix minutes avant de le renvoyer."))
    if sent.filter(created_at__gt=now - timedelta(days=1)).count() > RECEIPTS_A_DAY:
        raise WrongMove(
            _("Ce courriel a déjà été renvoyé trois fois aujourd’hui. Appelez plutôt la personne.")
        )
    send_registration_received(supplier=held, decision=decision, by=decision.by, again=sent.count())
    return decision.by
