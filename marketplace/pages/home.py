"""What the home page counts and shows: four figures, and the notices that close soon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, capfirst

from buyers.models import Need, Tender
from marketplace.events.models import MatchmakingEvent
from marketplace.outreach.promotion.rotation import featured_now
from suppliers.models import DirectoryEntry
from suppliers.supplier_pictures import picture_url
from suppliers.wording import in_town

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User

FIGURES_LAST = 600  # seconds: the home page is the most read, and a figure may be ten minutes old
SOON = 5
COMING = 3


class Figures(TypedDict):
    suppliers: int
    regions: int
    verified: int
    open_tenders: int
    buyers: int


def figures() -> Figures:
    """Counted in two queries, then kept ten minutes."""
    return cache.get_or_set("home.figures", _count, FIGURES_LAST)


def _count() -> Figures:
    directory = DirectoryEntry.objects.aggregate(
        suppliers=Count("pk"),
        regions=Count("region", distinct=True, filter=~Q(region="")),
        verified=Count("pk", filter=Q(verified_until__gte=timezone.localdate())),
    )
    notices = Tender.objects.open().aggregate(
        open_tenders=Count("pk"),
        buyers=Count("buyer_name", distinct=True, filter=~Q(buyer_name="")),
    )
    return Figures(
        suppliers=directory["suppliers"],
        regions=directory["regions"],
        verified=directory["verified"],
        open_tenders=notices["open_tenders"],
        buyers=notices["buyers"],
    )


def closing_soon(user: User | AnonymousUser) -> QuerySet[Tender]:
    """The open notices that close first."""
    soon = Tender.objects.visible_to(user).open().filter(closes_at__isnull=False)
    return soon.order_by("closes_at", "pk")[:SOON]


def open_needs(user: User | AnonymousUser) -> QuerySet[Need]:
    """What buyers look for here, outside of SEAO: what closes first."""
    rows = Need.objects.visible_to(user).open().select_related("buyer__organisation")
    return rows.order_by("closes_at", "pk")[:COMING]


def coming_events(user: User | AnonymousUser) -> QuerySet[MatchmakingEvent]:
    """The next days of meetings, with the pôle that runs each."""
    return (
        MatchmakingEvent.objects.visible_to(user)
        .public()
        .coming()
        .select_related("pole")
        .order_by("day", "pk")
    )[:COMING]


def featured_enterprise() -> dict[str, Any] | None:
    """« L’entreprise de la semaine », as the directory shows it; one query, None where nobody came."""
    row = featured_now()
    if row is None:
        return None
    text = row.supplier.directory.text
    form = row.supplier.form_label
    titles = [title for title in text.offers_text.split("; ") if title]
    return {
        "name": text.name,
        "url": reverse("suppliers:supplier", args=[text.slug]),
        "who": capfirst(f"{form} {in_town(text.place)}" if text.place else form),
        "activity": str(Truncator(text.activity).words(26)),
        "offers": titles[:2],
        "picture": picture_url(text.photo) if text.photo else "",
    }
