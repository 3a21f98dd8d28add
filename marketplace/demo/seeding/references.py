"""References that customers of seeded suppliers confirmed, and one request that waits, so that pages have some to show."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from suppliers.models import CustomerReference, Offer, Status, Supplier
from suppliers.references import CONSENT, VALID_FOR

from .addresses import populated_towns
from .french_names import of_town

#: One published supplier in so many has references.
ONE_IN = 5


def seed_references(*, member_of: Supplier, rng: Random, day: date) -> int:
    """Among the oldest suppliers, up to three each, by towns and institutions of their MRC; how many were written."""
    towns = populated_towns()
    by_mrc: dict[str, list[str]] = {}
    for town in towns:
        by_mrc.setdefault(town.mrc, []).append(town.name)
    published = Supplier.objects.filter(status=Status.PUBLISHED).select_related("organisation").order_by("pk")
    rows = []
    for supplier in published[:400]:
        if supplier.pk != member_of.pk and rng.randrange(ONE_IN):
            continue
        titles = list(Offer.objects.filter(supplier=supplier).order_by("pk").values_list("title", flat=True))
        names = by_mrc.get(supplier.organisation.mrc_id or "", [])
        if not titles or not names:
            continue
        for n in range(1 + rng.randrange(3)):
            rows.append(_reference(supplier, titles[n % len(titles)], rng.choice(names), rng, day))
    CustomerReference.objects.bulk_create(rows)
    return len(rows)


def _reference(supplier: Supplier, title: str, town: str, rng: Random, day: date) -> CustomerReference:
    customer = rng.choice(
        (f"Ville {of_town(town)}", f"École secondaire {of_town(town)}", f"Bibliothèque {of_town(town)}", f"Centre communautaire {of_town(town)}")
    )  # fmt: skip
    at = timezone.make_aware(datetime.combine(day - timedelta(days=rng.randrange(20, 600)), time(10)))
    named = {"customer": customer, "supplier": supplier.organisation.name}
    return CustomerReference(
        supplier=supplier,
        customer=customer,
        what=title,
        year=at.year - rng.randrange(2),
        state=CustomerReference.State.CONFIRMED,
        expires_at=at + VALID_FOR,
        asked_at=at,
        answered_at=at + timedelta(days=3),
        consent=str(CONSENT) % named,
    )
