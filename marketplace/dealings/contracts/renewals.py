"""Contracts that end in three to twelve months: what will likely be bought again, for the enterprises that fit and for the pôle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Award
from buyers.wording import tender_place, tender_title
from marketplace.accounts.models import User
from marketplace.classification.labels import code_label
from marketplace.territories.models import Mrc
from marketplace.web.languages import WrittenText
from marketplace.web.typography import format_amount, format_day_short
from suppliers.models import DirectoryEntry, Supplier

#: From when on: before, the next call is most often out already; to when: beyond, nobody prepares yet.
FIRST, LAST = timedelta(days=90), timedelta(days=365)
#: A family of UNSPSC: what is bought and what is sold are of one trade.
FAMILY = 4

# Codes of the notice whose family, or whose class, the enterprise offers; `codes` of the directory hold every level.
_SHARES = "EXISTS (SELECT 1 FROM unnest({tenders}.unspsc) code WHERE left(code, %s) = ANY(%s))"


def renewal_window(today: date | None = None) -> tuple[date, date]:
    today = today or timezone.localdate()
    return today + FIRST, today + LAST


def coming_renewals() -> QuerySet[Award]:
    """Contracts that end in the window, the soonest first."""
    rows = Award.objects.ending_between(*renewal_window())
    return rows.select_related("tender__buyer__organisation", "organisation").order_by("ends_on", "pk")


def renewals_for(supplier: Supplier) -> QuerySet[Award]:
    """Those that fit an enterprise: its own, and those of a trade that it offers, where it serves.

    A notice of unknown place fits everywhere. Empty where it is not in the directory.
    """
    entry = DirectoryEntry.objects.filter(supplier=supplier).first()
    if entry is None:
        return Award.objects.none()
    families = sorted({code for code in entry.codes if len(code) == FAMILY})
    shares = RawSQL(  # noqa: S611 - our own statement, its values are parameters
        _SHARES.format(tenders="buyers_tender"), (FAMILY, families), output_field=BooleanField()
    )
    is_own = Q(organisation=supplier.organisation_id)
    rows = coming_renewals().annotate(is_same_trade=shares)
    return rows.filter(is_own | (Q(is_same_trade=True) & _served(entry)))


def _served(entry: DirectoryEntry) -> Q:
    """Where the enterprise serves; `serves` holds MRCs, « R04 » and « Q »."""
    if "Q" in entry.serves:
        return Q()
    regions = {token[1:] for token in entry.serves if token.startswith("R")}
    mrcs = {token for token in entry.serves if token[0] not in "RQ"}
    near = set(Mrc.objects.filter(pk__in=mrcs).values_list("region_id", flat=True)) if mrcs else set()
    unknown = Q(tender__region=None)
    in_region = Q(tender__region__in=regions)
    in_mrc = Q(tender__mrc__in=mrcs) | Q(tender__mrc=None, tender__region__in=near)
    return unknown | in_region | in_mrc


def renewals_of_territory(user: User) -> QuerySet[Award]:
    """For staff: in their MRCs, in a region of theirs, or of unknown place; all for platform admins."""
    rows = coming_renewals()
    if user.is_superuser:
        return rows
    regions = Mrc.objects.filter(pk__in=user.covered_mrcs).values("region")
    return rows.filter(
        Q(tender__mrc__in=user.covered_mrcs)
        | Q(tender__mrc=None, tender__region__in=regions)
        | Q(tender__region=None)
    )


@dataclass(frozen=True, kw_only=True)
class RenewalRow:
    """A contract that ends, ready to be shown. `because` says why it is shown to this enterprise."""

    ocid: str
    title: WrittenText
    buyer: str
    buyer_slug: str
    place: str
    seller: str
    amount: str
    ends: str
    is_reckoned: bool
    because: str


def renewal_row(award: Award, *, supplier: Supplier | None = None) -> RenewalRow:
    tender = award.tender
    return RenewalRow(
        ocid=tender.ocid,
        title=tender_title(tender),
        buyer=tender.buyer_name or _("Acheteur non précisé"),
        buyer_slug=tender.buyer.slug if tender.buyer and tender.buyer.is_public else "",
        place=tender_place(tender, beside=tender.buyer_name),
        seller=award.organisation.name
        if award.organisation
        else award.name or _("adjudicataire non précisé"),
        amount=format_amount(award.amount, award.currency),
        ends=format_day_short(award.ends_on),
        is_reckoned=award.end_is_reckoned,
        because=_because(award, supplier),
    )


def _because(award: Award, supplier: Supplier | None) -> str:
    if supplier is None:
        return ""
    if award.organisation_id == supplier.organisation_id:
        return _("C’est votre contrat.")
    code = next((code for code in award.tender.unspsc), "")
    label = code_label(code[:FAMILY]) or code_label(code)
    return _("Du même domaine que vos offres : %(label)s.") % {"label": label} if label else ""
