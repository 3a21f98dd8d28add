"""The one writer of a supplier's fields: the steps of its members, the page of staff, the rows of an import.

Values are keyed by column (`mrc_id`, not `mrc`). Staff open and update a supplier whole; members write step by step,
before the publication and after it. On a published supplier each save of a member leaves a decision, and what the
pôle had verified is marked for a second look (docs/adr/0011): the supplier stays public meanwhile, and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation
from marketplace.accounts.permissions import can_curate_organisation, check_permission
from marketplace.classification.labels import ensure_codes
from marketplace.classification.models import Certification, Purpose, UnspscCode
from marketplace.territories.models import Pole
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import delete_private_file, store_private_file
from marketplace.web.verbs import verb
from suppliers import criteria, states
from suppliers.columns import ORGANISATION_FIELDS, SUPPLIER_FIELDS, set_columns
from suppliers.curation import (
    NO_NOTE,
    DecisionNote,
    check_complete,
    hold_supplier,
    record_decision,
    take_up_supplier,
)
from suppliers.directory_index import reindex_suppliers
from suppliers.models import (
    Contact,
    CriterionAnswer,
    Decision,
    EvidenceFile,
    Finding,
    Offer,
    Registration,
    ServedArea,
    Status,
    Supplier,
)
from suppliers.permissions import can_curate_supplier
from suppliers.slugs import supplier_slug

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.models import User
    from marketplace.web.private_files import Checked

OFFER_FIELDS = (
    "title", "kind", "description", "capacity", "output", "lead_days", "minimum_order", "price_from", "price_to", "unit",
)  # fmt: skip
#: Staff give a pôle by `assign_supplier`; a NEQ is what members began with.
NOT_BY_STAFF, NOT_BY_MEMBERS = frozenset({"pole_id"}), frozenset({"neq"})
MOST_OFFERS = 40
MOST_FILES = 10


def write_supplier_fields(supplier: Supplier, values: Mapping[str, Any]) -> set[str]:
    """Write what differs on the organisation and on the supplier; the columns that changed."""
    changed: set[str] = set()
    own = (*SUPPLIER_FIELDS, "curated_at")
    for row, known in ((supplier.organisation, ORGANISATION_FIELDS), (supplier, own)):
        names = set_columns(row, {name: value for name, value in values.items() if name in known})
        if names:
            row.save(update_fields=[*names, "updated_at"])
            changed.update(names)
    return changed


def _write_choices(
    supplier: Supplier, purposes: Collection[str] | None, certifications: Collection[str] | None
) -> None:
    """By code; None leaves them as they are, codes that are not known are passed over."""
    if purposes is not None:
        supplier.purposes.set(Purpose.objects.filter(pk__in=purposes))
    if certifications is not None:
        supplier.certifications.set(Certification.objects.filter(pk__in=certifications))


def _check_known(values: Iterable[str], never: frozenset[str]) -> None:
    if unknown := set(values) - {*ORGANISATION_FIELDS, *SUPPLIER_FIELDS} | never.intersection(values):
        raise TypeError(f"not written here: {sorted(unknown)}")


# -- staff -------------------------------------------------------------------------------------------------------


@verb
def update_supplier(
    *,
    supplier: Supplier,
    by: User | None,
    changes: Mapping[str, Any] | None = None,
    purposes: Collection[str] | None = None,
    certifications: Collection[str] | None = None,
    note: DecisionNote = NO_NOTE,
) -> Decision:
    """Staff edit the supplier. From then on a person holds it and no import changes it.

    A NEQ that was only declared is corrected as such: the publication decides about it. Offers, contacts and served
    areas that were written in the same transaction are indexed with it.
    """
    changes = changes or {}
    _check_known(changes, NOT_BY_STAFF)
    held = hold_supplier(states.UPDATE, supplier, by, note)
    changes = _correct_declared_neq(held, changes)
    decision = record_decision(states.UPDATE, held, supplier, by, note)
    supplier.curated_at = timezone.now()
    write_supplier_fields(held, {**changes, "curated_at": supplier.curated_at})
    _write_choices(held, purposes, certifications)
    forget_unused_documents(supplier=held, by=by)
    if held.status == Status.PUBLISHED:
        check_complete(held)
    reindex_suppliers(supplier_ids=[held.pk])
    return decision


def _correct_declared_neq(held: Supplier, changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """While a registration declares a NEQ, another one takes its place there; what is left is for the fields."""
    registration = Registration.objects.filter(supplier=held, claimed_neq__gt="").first()
    if registration is None or held.organisation.neq or "neq" not in changes:
        return changes
    neq = changes["neq"]
    if neq and neq != registration.claimed_neq:
        if Supplier.objects.filter(organisation__neq=neq).exists():
            raise WrongMove(_("Ce NEQ est déjà inscrit pour une autre organisation."))
        registration.claimed_neq = neq
        registration.save(update_fields=["claimed_neq"])
    return {name: value for name, value in changes.items() if name != "neq"}


@verb
def open_supplier(
    *,
    by: User | None,
    values: Mapping[str, Any],
    purposes: Collection[str] | None = None,
    certifications: Collection[str] | None = None,
    pole: Pole | None = None,
    note: DecisionNote = NO_NOTE,
) -> Supplier:
    """Staff open a draft for an enterprise that no listing brought; its organisation is made, or found by NEQ.

    `pole` answers for it where the place is unknown or belongs to another.
    """
    note.check()
    if by is not None and not by.is_staff:
        raise NotAllowed
    _check_known(values, NOT_BY_STAFF)
    neq = values.get("neq")
    known = Organisation.objects.filter(neq=neq).first() if neq else None
    is_elsewhere = known is not None and by is not None and not can_curate_organisation(by, known)
    if is_elsewhere or (known and Supplier.objects.filter(organisation=known).exists()):
        raise WrongMove(
            _(
                "Ce NEQ est déjà inscrit. Si sa fiche n’est pas dans votre territoire, écrivez à l’administration."
            )
        )
    organisation = known or Organisation(pole=pole)
    set_columns(organisation, {name: values[name] for name in ORGANISATION_FIELDS if name in values})
    organisation.save()
    supplier = Supplier.objects.create(
        organisation=organisation,
        slug=supplier_slug(organisation.name),
        status=Status.DRAFT,
        source=Supplier.Source.PERSON,
        curated_at=timezone.now(),
        **{name: values[name] for name in SUPPLIER_FIELDS if name in values},
    )
    check_permission(
        can_curate_supplier,
        by,
        supplier,
        sentence=_("Ce lieu n’est pas dans votre territoire. Choisissez une MRC de votre pôle."),
    )
    record_decision(states.OPEN, supplier, supplier, by, note)
    _write_choices(supplier, purposes, certifications)
    return supplier


# -- members, step by step ---------------------------------------------------------------------------------------


@verb
def save_identity(
    *, supplier: Supplier, by: User, values: Mapping[str, Any], contact: Mapping[str, str] | None = None
) -> None:
    """Name, legal form and place; `contact` (name, email, phone) is whom the public reaches."""
    held = hold_for_member(supplier, by, values)
    changed = write_supplier_fields(held, values)
    if contact is not None:
        _write_contact(held, contact)
    if "name" in changed and not _was_public(held):
        _follow_name(held)
    keep_edit(held, supplier, by, changed, _("L’entreprise"))


@verb
def save_activity(
    *,
    supplier: Supplier,
    by: User,
    values: Mapping[str, Any],
    purposes: Collection[str] | None = None,
    certifications: Collection[str] | None = None,
) -> None:
    held = hold_for_member(supplier, by, values)
    changed = write_supplier_fields(held, values)
    _write_choices(held, purposes, certifications)
    forget_unused_documents(supplier=held, by=by)
    keep_edit(held, supplier, by, changed, _("Ce que vous faites"))


@verb
def save_delivery(*, supplier: Supplier, by: User, capacity: int | None, areas: Iterable[str] | None) -> None:
    """The biggest contract, and where the supplier delivers as tokens (`ServedArea.token`); None leaves the areas."""
    held = hold_for_member(supplier, by)
    changed = write_supplier_fields(held, {"capacity": capacity})
    if areas is not None:
        _write_areas(held, set(areas))
    keep_edit(held, supplier, by, changed, _("Ce que vous pouvez livrer"))


@verb
def save_offer(
    *,
    supplier: Supplier,
    by: User,
    values: Mapping[str, Any],
    codes: Collection[str],
    areas: Collection[str] | None = None,
    offer: Offer | None = None,
) -> Offer:
    """Add an offer, or write over one of this supplier. `areas`: where it is delivered, none where as the rest; None
    leaves them."""
    held = hold_for_member(supplier, by)
    if offer is None:
        if held.offers.count() >= MOST_OFFERS:
            raise WrongMove(
                _("Une fiche compte au plus %(n)s offres. Regroupez-en, ou retirez-en une.")
                % {"n": MOST_OFFERS}
            )
        offer = Offer(supplier=held)
    elif offer.supplier_id != held.pk:
        raise NotAllowed
    set_columns(offer, {name: values[name] for name in OFFER_FIELDS if name in values})
    offer.save()
    offer.codes.set(UnspscCode.objects.filter(pk__in=ensure_codes(codes)))
    if areas is not None:
        _write_areas(held, set(areas), offer)
    keep_edit(held, supplier, by, set(), offer.title)
    return offer


@verb
def remove_offer(*, supplier: Supplier, by: User, offer: Offer) -> None:
    held = hold_for_member(supplier, by)
    if offer.supplier_id != held.pk:
        raise NotAllowed
    title = offer.title
    offer.delete()
    keep_edit(held, supplier, by, set(), title)


@verb
def save_answer(*, supplier: Supplier, by: User, criterion: int, text: str) -> CriterionAnswer:
    """What the enterprise says of one criterion. A finding about other words waits for a new look."""
    held = hold_for_member(supplier, by)
    answer = _answer_of(held, criterion)
    if answer.text != text:
        answer.text = text
        _keep_answer(answer, held, supplier, by)
    return answer


@verb
def add_evidence(
    *,
    supplier: Supplier,
    by: User,
    criterion: int,
    upload: UploadedFile | Checked,
    also: Collection[int] = (),
) -> EvidenceFile:
    """Keep one document beside an answer; it serves the criteria of `also` too."""
    held = hold_for_member(supplier, by)
    numbers = _known_criteria({criterion, *also})
    _check_room(held, numbers)
    kept = EvidenceFile.objects.create(
        supplier=held,
        criteria=numbers,
        file=store_private_file(upload=upload, by=by, holder=held.organisation),
    )
    for number in numbers:
        _keep_answer(_answer_of(held, number), held, supplier, by)
    return kept


@verb
def share_evidence(
    *, supplier: Supplier, by: User, evidence: EvidenceFile, criteria: Collection[int]
) -> EvidenceFile:
    """Say which criteria a document serves, without sending it again. None left: `remove_evidence`."""
    held = hold_for_member(supplier, by)
    kept = EvidenceFile.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    if kept.supplier_id != held.pk:
        raise NotAllowed
    numbers = _known_criteria(criteria)
    added, dropped = set(numbers) - set(kept.criteria), set(kept.criteria) - set(numbers)
    if added or dropped:
        _check_room(held, added)
        kept.criteria = numbers
        kept.save(update_fields=["criteria"])
        for number in sorted(added | dropped):
            _keep_answer(_answer_of(held, number), held, supplier, by)
    return kept


def _known_criteria(numbers: Iterable[int]) -> list[int]:
    known = sorted(set(numbers))
    if not known or not set(known) <= set(criteria.BY_NUMBER):
        raise WrongMove(_("Ce critère n’est pas connu."))
    return known


def _check_room(held: Supplier, numbers: Iterable[int]) -> None:
    if any(held.evidence.for_criterion(number).count() >= MOST_FILES for number in numbers):
        raise WrongMove(_("Au plus %(n)s pièces par critère. Retirez-en une d’abord.") % {"n": MOST_FILES})


@verb
def remove_evidence(*, supplier: Supplier, by: User, evidence: EvidenceFile) -> None:
    """Delete a document, from all the criteria that it serves."""
    held = hold_for_member(supplier, by)
    if evidence.supplier_id != held.pk:
        raise NotAllowed
    file, numbers = evidence.file, list(evidence.criteria)
    evidence.delete()
    delete_private_file(file=file, by=by)
    for number in numbers:
        _keep_answer(_answer_of(held, number), held, supplier, by)


def forget_unused_documents(*, supplier: Supplier, by: User | None) -> None:
    """Delete the documents that show no criterion, and no certification that the supplier still declares."""
    for document in supplier.evidence.filter(criteria=[], certifications__isnull=True).select_related("file"):
        file = document.file
        document.delete()
        delete_private_file(file=file, by=by)


def hold_for_member(supplier: Supplier, by: User, values: Iterable[str] = ()) -> Supplier:
    """The supplier as it stands, locked; a prospect that a member takes up becomes a draft."""
    _check_known(values, NOT_BY_MEMBERS)
    held = hold_supplier(states.EDIT, supplier, by)
    if held.status == Status.PROSPECT and not held.awaits_neq:
        take_up_supplier(supplier=held, by=by)
    return held


def _write_areas(held: Supplier, wanted: set[str], offer: Offer | None = None) -> None:
    """Those of one offer, or of the whole supplier; the others stay as they are."""
    wanted = {ServedArea.EVERYWHERE} if ServedArea.EVERYWHERE in wanted else wanted
    standing = {area.token: area for area in held.served_areas.filter(offer=offer)}
    for token in standing.keys() - wanted:
        standing[token].delete()
    ServedArea.objects.bulk_create(
        ServedArea(supplier=held, offer=offer, **ServedArea.columns_of(token))
        for token in sorted(wanted - standing.keys())
    )


def _write_contact(held: Supplier, contact: Mapping[str, str]) -> None:
    """The first public contact is the one that the step shows; others stay as they are."""
    standing = held.contacts.filter(is_public=True).order_by("pk").first()
    if not (contact["email"] or contact["phone"]):
        if standing is not None:
            standing.delete()
        return
    person = standing or Contact(supplier=held, is_public=True)
    person.name = contact["name"] or held.organisation.name
    person.email, person.phone = contact["email"], contact["phone"]
    person.save()


def _was_public(held: Supplier) -> bool:
    return (
        held.status in (Status.PUBLISHED, Status.SUSPENDED)
        or held.decisions.filter(to_status=Status.PUBLISHED).exists()
    )


def _follow_name(held: Supplier) -> None:
    """The address follows the name until the supplier has been public: links to it then exist elsewhere."""
    for _attempt in range(3):
        try:
            with transaction.atomic():
                held.slug = supplier_slug(held.organisation.name)
                held.save(update_fields=["slug"])
            return
        except IntegrityError:  # another enterprise of that name, at the same moment
            continue
    raise WrongMove(_("Ce nom vient d’être pris par une autre fiche. Réessayez."))


def _answer_of(held: Supplier, criterion: int) -> CriterionAnswer:
    answer, _created = CriterionAnswer.objects.get_or_create(supplier=held, criterion=criterion)
    return answer


def _keep_answer(answer: CriterionAnswer, held: Supplier, supplier: Supplier, by: User) -> None:
    """The pôle's note stays to be read; its finding was about what stood before. The proof that stands still does."""
    answer.answered_at = timezone.now()
    answer.state = Finding.NONE
    answer.save(update_fields=["text", "answered_at", "state"])
    title = str(criteria.BY_NUMBER[answer.criterion].title)
    keep_edit(held, supplier, by, {f"c{answer.criterion}"}, title)


def keep_edit(held: Supplier, supplier: Supplier, by: User, changed: Iterable[str], where: str) -> None:
    """Date the supplier; where it is public, keep the decision, mark what to verify again, and index it anew."""
    held.curated_at = timezone.now()
    names = ["curated_at", "updated_at"]
    if held.status == Status.PUBLISHED:
        check_complete(held)
        if again := states.vouched_changes(changed):
            held.recheck = sorted({*held.recheck, *again})
            held.recheck_since = held.recheck_since or timezone.now()
            names += ["recheck", "recheck_since"]
        record_decision(states.EDIT, held, supplier, by, DecisionNote(where))
    held.save(update_fields=names)
    if held.status == Status.PUBLISHED:
        reindex_suppliers(supplier_ids=[held.pk])
