"""What shows that a supplier holds a certification: its number, who issued it, until when, a document.

Until a pôle has checked the four, and after the last day, the site says « déclarée » and no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.permissions import check_permission
from marketplace.classification.labels import certification_labels
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import store_private_file
from marketplace.web.typography import format_day_short
from marketplace.web.verbs import verb
from suppliers.columns import set_columns
from suppliers.editing import forget_unused_documents, hold_for_member, keep_edit
from suppliers.models import EvidenceFile, HeldCertification, Supplier
from suppliers.permissions import can_curate_supplier

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.models import User
    from marketplace.web.private_files import Checked


@dataclass(frozen=True)
class CertificationFacts:
    """What stands on the certificate; empty where it is not known."""

    number: str = ""
    issuer: str = ""
    expires_on: date | None = None


@verb
def describe_certification(
    *,
    supplier: Supplier,
    by: User,
    held: HeldCertification,
    facts: CertificationFacts,
    upload: UploadedFile | Checked | None = None,
    document: EvidenceFile | None = None,
) -> HeldCertification:
    """A member says what the certificate says; `upload` or a `document` already there shows it.

    What the pôle had checked no longer stands once any of it changed.
    """
    owner = hold_for_member(supplier, by)
    row = HeldCertification.objects.select_for_update(of=("self",)).get(pk=held.pk)
    if row.supplier_id != owner.pk or (document is not None and document.supplier_id != owner.pk):
        raise NotAllowed
    if upload is not None:
        document = keep_certificate(supplier=owner, by=by, upload=upload)
    changed = set_columns(row, {**vars(facts), **({"document": document} if document else {})})
    if changed:
        row.checked_at = row.checked_by = None
        row.save()
        forget_unused_documents(supplier=owner, by=by)
        keep_edit(owner, supplier, by, set(), certification_labels().get(row.certification_id, ""))
    return row


@verb
def remove_certificate(*, supplier: Supplier, by: User, held: HeldCertification) -> None:
    """Take the document away from a certification; it is deleted where nothing else needs it."""
    owner = hold_for_member(supplier, by)
    row = HeldCertification.objects.select_for_update(of=("self",)).get(pk=held.pk)
    if row.supplier_id != owner.pk:
        raise NotAllowed
    row.document = row.checked_at = row.checked_by = None
    row.save()
    forget_unused_documents(supplier=owner, by=by)
    keep_edit(owner, supplier, by, set(), certification_labels().get(row.certification_id, ""))


@verb
def keep_certificate(*, supplier: Supplier, by: User, upload: UploadedFile | Checked) -> EvidenceFile:
    """Keep a document that shows a certification and no criterion; the caller has checked who may."""
    return EvidenceFile.objects.create(
        supplier=supplier,
        criteria=[],
        file=store_private_file(upload=upload, by=by, holder=supplier.organisation),
    )


@verb
def check_certification(*, supplier: Supplier, by: User | None, held: HeldCertification) -> None:
    """Staff have looked at the document: the certification shows as proved until its last day."""
    check_permission(
        can_curate_supplier, by, supplier, sentence=_("Cette fiche n’est pas dans votre territoire.")
    )
    row = HeldCertification.objects.select_for_update(of=("self",)).get(pk=held.pk, supplier=supplier)
    if not row.is_whole:
        raise WrongMove(_("Il faut le numéro, l’organisme, la date et la pièce avant de vérifier."))
    row.checked_at, row.checked_by = timezone.now(), by
    row.save(update_fields=["checked_at", "checked_by"])


# -- what the public reads -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CertificationLine:
    """One certification on a page. `proof` says number, issuer and last day; empty where it is only declared."""

    label: str
    proof: str


def held_certifications(supplier: Supplier) -> list[tuple[HeldCertification, CertificationLine]]:
    """What a member sees beside each certification that the supplier declares, in the order of the names."""
    labels, today = certification_labels(), timezone.localdate()
    rows = HeldCertification.objects.filter(supplier=supplier, certification__in=labels)
    found = [
        (one, CertificationLine(labels[one.certification_id], proof_sentence(one, today))) for one in rows
    ]
    return sorted(found, key=lambda pair: pair[1].label)


def certifications_as_json() -> ArraySubquery:
    """What `certification_lines` reads, for the query that finds the supplier."""
    rows = HeldCertification.objects.filter(supplier=OuterRef("pk")).order_by("certification")
    return ArraySubquery(rows.values(row=JSONObject(**{name: name for name in _READ})))


#: The columns that a proof depends on.
_READ = ("certification_id", "number", "issuer", "expires_on", "document_id", "checked_at")


def certification_lines(rows: Iterable[dict[str, Any]], today: date) -> list[CertificationLine]:
    """The lines of `certifications_as_json` in the order of the names."""
    labels = certification_labels()
    held = [
        HeldCertification(**{**row, "expires_on": _day_of(row["expires_on"])})
        for row in rows
        if row["certification_id"] in labels
    ]
    found = [CertificationLine(labels[one.certification_id], proof_sentence(one, today)) for one in held]
    return sorted(found, key=lambda line: line.label)


def _day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def proof_sentence(held: HeldCertification, today: date) -> str:
    """« N° 1234, Bureau de normalisation du Québec, jusqu’au 3 mai 2027 »; empty where it is only declared."""
    if not held.is_proved(today):
        return ""
    return _("Nº %(number)s, %(issuer)s, jusqu’au %(day)s") % {
        "number": held.number,
        "issuer": held.issuer,
        "day": format_day_short(held.expires_on),
    }
