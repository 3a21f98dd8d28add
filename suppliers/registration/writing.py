"""What each step keeps. Every verb is a member's, on a sheet in preparation or published; a submitted one is held.

On a published sheet each save leaves a decision, and what the pôle had verified is marked for a second look
(docs/adr/0011): the sheet stays public meanwhile, and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.classification.labels import ensure_codes
from marketplace.classification.models import Certification, Purpose, UnspscCode
from marketplace.web import private_files
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers import criteria, curation, directory, moving, rechecking, states
from suppliers.models import (
    Contact,
    CriterionAnswer,
    Decision,
    EvidenceFile,
    Finding,
    Offer,
    ServedArea,
    Status,
    Supplier,
)
from suppliers.slugs import supplier_slug

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.web.private_files import Checked

SCREEN = Decision.Channel.SCREEN
SEAT = frozenset(
    ["name", "address", "town", "postal_code", "municipality_id", "mrc_id", "region_id", "lat", "lon", "pole_id",
     "email", "phone", "website"]
)  # fmt: skip
SHEET = frozenset(["legal_form", "activity", "sector_id", "staff_count", "capacity"])
MOST_OFFERS = 40
MOST_FILES = 10


@verb
def save_identity(
    *, supplier: Supplier, by: User, values: Mapping[str, Any], contact: Mapping[str, str] | None = None
) -> None:
    """Name, form and seat; `contact` (name, email, phone) is whom the public reaches."""
    sheet = _held(supplier, by)
    changed = _write(sheet, values)
    if contact is not None:
        _write_contact(sheet, contact)
    if "name" in changed and sheet.verified_on is None:
        _rename(sheet)
    _settle(sheet, supplier, by, changed, _("L’entreprise"))


@verb
def save_activity(
    *,
    supplier: Supplier,
    by: User,
    values: Mapping[str, Any],
    purposes: Collection[str] | None = None,
    certifications: Collection[str] | None = None,
) -> None:
    sheet = _held(supplier, by)
    changed = _write(sheet, values)
    if purposes is not None:
        sheet.purposes.set(Purpose.objects.filter(pk__in=purposes))
    if certifications is not None:
        sheet.certifications.set(Certification.objects.filter(pk__in=certifications))
    _settle(sheet, supplier, by, changed, _("Ce que vous faites"))


@verb
def save_delivery(*, supplier: Supplier, by: User, capacity: int | None, areas: Iterable[str]) -> None:
    """The biggest contract, and where the supplier delivers as tokens (« Q », « R04 », « 371 »)."""
    sheet = _held(supplier, by)
    changed = _write(sheet, {"capacity": capacity})
    wanted = set(areas)
    wanted = {"Q"} if "Q" in wanted else wanted
    standing = {_token(area): area for area in sheet.served_areas.filter(offer__isnull=True)}
    for token in standing.keys() - wanted:
        standing[token].delete()
    ServedArea.objects.bulk_create(
        ServedArea(
            supplier=sheet,
            region_id=token[1:] if token.startswith("R") else None,
            mrc_id=None if token[0] in "RQ" else token,
        )
        for token in sorted(wanted - standing.keys())
    )
    _settle(sheet, supplier, by, changed, _("Ce que vous pouvez livrer"))


@verb
def save_offer(
    *,
    supplier: Supplier,
    by: User,
    values: Mapping[str, Any],
    codes: Collection[str],
    offer: Offer | None = None,
) -> Offer:
    """Add an offer, or write over one of this sheet."""
    sheet = _held(supplier, by)
    if offer is None:
        if sheet.offers.count() >= MOST_OFFERS:
            raise WrongMove(
                _("Une fiche compte au plus %(n)s offres. Regroupez-en, ou retirez-en une.")
                % {"n": MOST_OFFERS}
            )
        offer = Offer(supplier=sheet)
    elif offer.supplier_id != sheet.pk:
        raise NotAllowed
    for name in ("title", "kind", "description", "capacity"):
        if name in values:
            setattr(offer, name, values[name])
    offer.save()
    offer.codes.set(UnspscCode.objects.filter(pk__in=ensure_codes(codes)))
    _settle(sheet, supplier, by, set(), offer.title)
    return offer


@verb
def remove_offer(*, supplier: Supplier, by: User, offer: Offer) -> None:
    sheet = _held(supplier, by)
    if offer.supplier_id != sheet.pk:
        raise NotAllowed
    title = offer.title
    offer.delete()
    _settle(sheet, supplier, by, set(), title)


@verb
def save_answer(*, supplier: Supplier, by: User, criterion: int, text: str) -> CriterionAnswer:
    """What the enterprise says of one criterion. A finding about other words no longer stands."""
    sheet = _held(supplier, by)
    answer = _answer(sheet, criterion)
    if answer.text != text:
        answer.text = text
        _touched(answer)
        _settle(sheet, supplier, by, {f"c{criterion}"}, str(criteria.BY_NUMBER[criterion].title))
    return answer


@verb
def add_evidence(
    *, supplier: Supplier, by: User, criterion: int, upload: UploadedFile | Checked
) -> EvidenceFile:
    """Keep one document beside an answer."""
    sheet = _held(supplier, by)
    answer = _answer(sheet, criterion)
    if answer.evidence.count() >= MOST_FILES:
        raise WrongMove(_("Au plus %(n)s pièces par critère. Retirez-en une d’abord.") % {"n": MOST_FILES})
    kept = EvidenceFile.objects.create(answer=answer, file=private_files.store(upload=upload, by=by))
    _touched(answer)
    _settle(sheet, supplier, by, {f"c{criterion}"}, str(criteria.BY_NUMBER[criterion].title))
    return kept


@verb
def remove_evidence(*, supplier: Supplier, by: User, evidence: EvidenceFile) -> None:
    sheet = _held(supplier, by)
    answer = evidence.answer
    if answer.supplier_id != sheet.pk:
        raise NotAllowed
    file = evidence.file
    evidence.delete()
    private_files.delete(file=file, by=by)
    _touched(answer)
    title = str(criteria.BY_NUMBER[answer.criterion].title)
    _settle(sheet, supplier, by, {f"c{answer.criterion}"}, title)


def _held(supplier: Supplier, by: User) -> Supplier:
    """The sheet as it stands, locked; a prospect that a member takes up becomes a draft."""
    sheet = moving.locked(states.EDIT, supplier, by, "", SCREEN, "")
    if sheet.status == Status.PROSPECT:
        curation.take_up(supplier=sheet, by=by)
    return sheet


def _write(sheet: Supplier, values: Mapping[str, Any]) -> set[str]:
    """Set what differs on the organisation and the supplier; the names of what changed."""
    if unknown := values.keys() - SEAT - SHEET:
        raise TypeError(f"a registration does not write {sorted(unknown)}")
    changed: set[str] = set()
    for row, allowed in ((sheet.organisation, SEAT), (sheet, SHEET)):
        names = [name for name in values if name in allowed and getattr(row, name) != values[name]]
        for name in names:
            setattr(row, name, values[name])
        if names:
            row.save(update_fields=[*names, "updated_at"])
            changed |= set(names)
    return changed


def _write_contact(sheet: Supplier, contact: Mapping[str, str]) -> None:
    """The first public contact is the one that the step shows; others stay as they are."""
    standing = sheet.contacts.filter(is_public=True).order_by("pk").first()
    if not (contact["email"] or contact["phone"]):
        if standing is not None:
            standing.delete()
        return
    person = standing or Contact(supplier=sheet, is_public=True)
    person.name = contact["name"] or sheet.organisation.name
    person.email, person.phone = contact["email"], contact["phone"]
    person.save()


def _rename(sheet: Supplier) -> None:
    """The address follows the name until the sheet has been public: links to it then exist elsewhere."""
    for _attempt in range(3):
        try:
            with transaction.atomic():
                sheet.slug = supplier_slug(sheet.organisation.name)
                sheet.save(update_fields=["slug"])
            return
        except IntegrityError:  # another enterprise of that name, at the same moment
            continue
    raise WrongMove(_("Ce nom vient d’être pris par une autre fiche. Réessayez."))


def _answer(sheet: Supplier, criterion: int) -> CriterionAnswer:
    answer, _created = CriterionAnswer.objects.get_or_create(supplier=sheet, criterion=criterion)
    return answer


def _touched(answer: CriterionAnswer) -> None:
    """The pôle's note stays to be read; its finding was about what stood before."""
    answer.answered_at = timezone.now()
    answer.state = Finding.NONE
    answer.save(update_fields=["text", "answered_at", "state"])


def _settle(sheet: Supplier, supplier: Supplier, by: User, changed: Iterable[str], where: str) -> None:
    """Date the sheet; where it is public, keep the decision, mark what to verify again, and index it anew."""
    sheet.curated_at = timezone.now()
    names = ["curated_at", "updated_at"]
    if sheet.status == Status.PUBLISHED:
        moving.check_complete(sheet)
        again = rechecking.vouched(changed)
        if again:
            sheet.recheck = sorted({*sheet.recheck, *again})
            sheet.recheck_since = sheet.recheck_since or timezone.now()
            names += ["recheck", "recheck_since"]
        moving.record(states.EDIT, sheet, supplier, by, where, SCREEN, "")
    sheet.save(update_fields=names)
    if sheet.status == Status.PUBLISHED:
        directory.reindex(supplier_ids=[sheet.pk])


def _token(area: ServedArea) -> str:
    return area.mrc_id or (f"R{area.region_id}" if area.region_id else "Q")
