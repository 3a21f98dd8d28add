"""Listings that may be the same enterprise, looked for among those that changed and kept as pairs for a person to decide."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from marketplace.web.folding import fold_text
from marketplace.web.locks import hold_lock
from marketplace.web.verbs import verb
from suppliers.duplicates.scoring import Listing, ListingIndex, Pair, domain_key, phone_key, street_key
from suppliers.models import Contact, DuplicateCheck, DuplicatePair, NeqProposal, Status, Supplier
from suppliers.models.supplier import SupplierQuerySet

#: Beyond so many listings, those of one region at a time are read: some 1 kB each.
READ_ALL = 60_000
#: From so many changed listings on, every listing is compared with every other.
ALL_AT_ONCE = 400
LOCK = 2_026_005  # one search at a time: two could both keep a pair
EVERY = Q()
State = DuplicatePair.State


def compared_suppliers() -> SupplierQuerySet:
    """What is neither closed nor merged into another."""
    return Supplier.objects.exclude(status=Status.ARCHIVED).filter(organisation__merged_into=None)


def unchecked_suppliers() -> SupplierQuerySet:
    """New, or written on since they were compared."""
    stale = Q(duplicate_check=None) | Q(duplicate_check__checked_at__lt=F("updated_at"))
    return compared_suppliers().filter(
        stale | Q(duplicate_check__checked_at__lt=F("organisation__updated_at"))
    )


@verb
def find_duplicates(*, by: None) -> int:
    """Compare what changed since the last time with all the rest; how many pairs stand among it. Safe to run twice.

    On a very large site one region a time, the one where most waits.

    A pair that was set aside stays so while what was compared is the same.
    """
    hold_lock(LOCK)
    now = timezone.now()
    waiting = dict(unchecked_suppliers().values_list("pk", "organisation__region"))
    if not waiting:
        return 0
    scope = EVERY
    if compared_suppliers().count() > READ_ALL:
        region = Counter(waiting.values()).most_common(1)[0][0]
        scope = Q(organisation__region=region)
        waiting = {key: of for key, of in waiting.items() if of == region}
    changed = set(waiting)
    listings = {one.key: one for one in read_listings(scope)}
    index = ListingIndex(listings.values())
    found = index.every_pair() if len(changed) > ALL_AT_ONCE else index.pairs_of(changed)
    asked = _asked_of_neqs()
    found = [one for one in found if (one.first, one.second) not in asked]
    known = DuplicatePair.objects.filter(Q(first__in=changed) | Q(second__in=changed))
    _keep(found, {(pair.first_id, pair.second_id): pair for pair in known}, listings)
    DuplicateCheck.objects.bulk_create(
        [DuplicateCheck(supplier_id=key, checked_at=now) for key in changed],
        update_conflicts=True,
        unique_fields=["supplier"],
        update_fields=["checked_at"],
        batch_size=2_000,
    )
    # Until PostgreSQL counts them by itself, its plans are those of the rows before.
    if len(changed) > ALL_AT_ONCE:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE suppliers_duplicatepair, suppliers_supplier, accounts_organisation")
    return len(found)


def read_listings(only: Q = EVERY) -> list[Listing]:
    """Every listing that is compared, or some of them; two statements. Contacts count too: nothing of them is kept or shown."""
    reached: dict[int, set[tuple[str, str]]] = defaultdict(set)
    asked = compared_suppliers().filter(only)
    contacts = Contact.objects.filter(supplier__in=asked.values("pk")) if only else Contact.objects.all()
    for supplier, email, phone in contacts.values_list("supplier", "email", "phone").iterator():
        reached[supplier].add((email, phone))
    rows = asked.order_by("pk").values_list(
        "pk", "organisation__name", Coalesce("organisation__neq", "registration__claimed_neq"),
        "organisation__municipality", "organisation__town", "organisation__mrc", "organisation__postal_code",
        "organisation__address", "organisation__email", "organisation__phone", "organisation__website",
    )  # fmt: skip
    return [
        _listing(key, name, neq, municipality, town, mrc, code, street, reached[key] | {(email, phone)}, site)
        for key, name, neq, municipality, town, mrc, code, street, email, phone, site in rows.iterator()
    ]


def _listing(
    key: int,
    name: str,
    neq: str | None,
    municipality: str | None,
    town: str,
    mrc: str | None,
    postal_code: str,
    street: str,
    reached: Iterable[tuple[str, str]],
    site: str,
) -> Listing:
    emails = {email.strip().lower() for email, _phone in reached if email}
    return Listing(
        key=key,
        name=name,
        neq=neq or "",
        town=municipality or fold_text(town),
        mrc=mrc or "",
        postal_code=postal_code,
        street=street_key(street),
        phones=frozenset(filter(None, (phone_key(phone) for _email, phone in reached))),
        emails=frozenset(emails),
        domains=frozenset(filter(None, (domain_key(text) for text in (*emails, site) if text))),
    )


def _asked_of_neqs() -> set[tuple[int, int]]:
    """Pairs that « NEQ à confirmer » asks about, or asked: not twice."""
    rows = NeqProposal.objects.filter(organisation__supplier__isnull=False, supplier__status=Status.PROSPECT)
    pairs = rows.values_list("supplier", "organisation__supplier")
    return {(min(pair), max(pair)) for pair in pairs}


def facts_of(one: Listing, other: Listing) -> str:
    """What was compared, as a digest."""
    said = [
        [fold_text(row.name), row.neq, row.town, row.postal_code, row.street]
        + [sorted(texts) for texts in (row.phones, row.emails, row.domains)]
        for row in (one, other)
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _keep(
    found: list[Pair], known: dict[tuple[int, int], DuplicatePair], listings: dict[int, Listing]
) -> None:
    new, changed, standing = [], [], set()
    for one in found:
        key = (one.first, one.second)
        standing.add(key)
        facts = facts_of(listings[one.first], listings[one.second])
        pair = known.get(key)
        if pair is None:
            new.append(
                DuplicatePair(
                    first_id=one.first,
                    second_id=one.second,
                    points=one.points,
                    reasons=list(one.reasons),
                    facts=facts,
                )
            )
            continue
        if pair.facts == facts and (pair.points, pair.reasons) == (one.points, list(one.reasons)):
            continue
        if pair.state == State.DISMISSED and pair.facts != facts:
            pair.state, pair.decided_by, pair.decided_at = State.FOUND, None, None
        pair.points, pair.reasons, pair.facts = one.points, list(one.reasons), facts
        changed.append(pair)
    gone = [pair.pk for key, pair in known.items() if key not in standing and pair.state == State.FOUND]
    DuplicatePair.objects.filter(pk__in=gone).delete()
    DuplicatePair.objects.bulk_create(new, ignore_conflicts=True, batch_size=1_000)
    DuplicatePair.objects.bulk_update(
        changed, ["points", "reasons", "facts", "state", "decided_by", "decided_at"], batch_size=500
    )
