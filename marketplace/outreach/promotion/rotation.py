"""« L’entreprise de la semaine »: everyone's turn comes once before anyone's comes twice.

Of the published listings that say enough, those with the fewest weeks are next; among them, the order is a shuffle that is
the same for everyone who computes it. A listing that was skipped, or withdrawn in its week, has had no turn: it comes back
after those who still wait for theirs.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, TextField, Value
from django.db.models.functions import MD5, Cast, Concat, Length
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.permissions import can_curate_organisation, check_permission
from marketplace.outreach.models import FeaturedSupplier
from marketplace.web.errors import WrongMove
from marketplace.web.list_versions import record_list_change
from marketplace.web.verbs import verb
from suppliers.models import Offer, Supplier

FEATURED = "featured"  # its name among the lists that have versions
LEAST_ACTIVITY = 60  # characters
LONGEST_REASON = 200
NEXT_SHOWN = 8


def week_of(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


def complete_enough() -> Any:
    """Published listings that a visitor learns something from: an activity in a sentence, an offer, a way to reach them."""
    offered = Offer.objects.filter(supplier=OuterRef("pk"))
    reached = Q(organisation__phone__gt="") | Q(organisation__website__gt="") | Q(contacts__is_public=True)
    written = Supplier.objects.published().alias(length=Length("activity")).filter(length__gte=LEAST_ACTIVITY)
    return written.filter(Exists(offered)).filter(
        pk__in=Supplier.objects.published().filter(reached).values("pk")
    )


def next_in_turn(week: date) -> Any:
    """Those who may come in this week, whose turn it is first. Who was passed over for this week does not come back in it."""
    stood = Count("featured_weeks", filter=Q(featured_weeks__skipped_at__isnull=True))
    skips = Count("featured_weeks", filter=Q(featured_weeks__skipped_at__isnull=False))
    passed = FeaturedSupplier.objects.filter(supplier=OuterRef("pk"), week=week, skipped_at__isnull=False)
    said = Concat(Cast("pk", TextField()), Value("|"), Cast("turns", TextField()), output_field=TextField())
    return (
        complete_enough()
        .annotate(turns=stood, skips=skips)
        .annotate(place=MD5(said))
        .exclude(Exists(passed))
        .order_by("turns", "skips", "place", "pk")
    )


def featured_now(day: date | None = None) -> FeaturedSupplier | None:
    """This week's, while its listing is published; one query, with what a page shows of it (`supplier.directory.text`)."""
    return (
        FeaturedSupplier.objects.standing()
        .filter(week=week_of(day or timezone.localdate()), supplier__in=Supplier.objects.published())
        .select_related("supplier__organisation", "supplier__directory__text")
        .first()
    )


@verb
def choose_featured_supplier(*, by: None, day: date | None = None) -> FeaturedSupplier | None:
    """This week's, chosen where none stands; None where nobody can come. Safe to run twice, and at once.

    Where the one that stood was withdrawn meanwhile, it is passed over and the next one comes.
    """
    week = week_of(day or timezone.localdate())
    standing = FeaturedSupplier.objects.standing().select_for_update().filter(week=week).first()
    if standing is not None:
        if Supplier.objects.published().filter(pk=standing.supplier_id).exists():
            return standing
        _pass_over(standing, by=None, reason=_("fiche retirée"))
    chosen = next_in_turn(week).first()
    if chosen is None:
        return None
    try:
        with transaction.atomic():
            row = FeaturedSupplier.objects.create(week=week, supplier=chosen)
    except IntegrityError:  # another worker was faster
        return FeaturedSupplier.objects.standing().filter(week=week).first()
    record_list_change(FEATURED)
    return row


def can_skip_featured(user: User, featured: FeaturedSupplier) -> bool:
    return can_curate_organisation(user, featured.supplier.organisation)


@verb
def skip_featured_supplier(*, featured: FeaturedSupplier, reason: str, by: User) -> FeaturedSupplier | None:
    """Staff of its territory pass it over, and say why; the next one comes at once. Its own turn stays to come."""
    held = FeaturedSupplier.objects.select_for_update(of=("self",)).select_related("supplier__organisation")
    row = held.get(pk=featured.pk)
    check_permission(
        can_skip_featured, by, row, sentence=_("Cette entreprise n’est pas du territoire de votre pôle.")
    )
    if row.skipped_at is not None:
        raise WrongMove(_("Le tour de cette entreprise est déjà reporté."))
    if row.week != week_of(timezone.localdate()):
        raise WrongMove(_("Cette semaine est finie."))
    if not reason.strip():
        raise WrongMove(_("Dites pourquoi : la raison reste inscrite."))
    _pass_over(row, by=by, reason=reason.strip()[:LONGEST_REASON])
    return choose_featured_supplier(by=None)


def _pass_over(row: FeaturedSupplier, *, by: User | None, reason: str) -> None:
    row.skipped_at, row.skipped_by, row.reason = timezone.now(), by, reason
    row.save(update_fields=["skipped_at", "skipped_by", "reason"])
    record_list_change(FEATURED)


def past_weeks(most: int = 12) -> Any:
    """What was shown and passed over, the latest first."""
    return FeaturedSupplier.objects.select_related("supplier__organisation").order_by(
        F("week").desc(), F("chosen_at").desc()
    )[:most]
