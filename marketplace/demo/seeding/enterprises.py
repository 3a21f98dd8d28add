"""Seeded enterprises: rows of organisations, suppliers, offers, served areas and contacts, by COPY."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from marketplace.accounts.models import Organisation
from marketplace.classification.models import Certification, Purpose, UnspscCode
from marketplace.territories.models import Municipality, PoleCoverage
from suppliers.models import Contact, LegalForm, Offer, ServedArea, Status, Supplier
from suppliers.verification import OF

from .bulk_copy import copy_rows, take_ids
from .french_names import branded_name, with_de
from .proofs import Proof, last_days, plan_proofs, write_proofs
from .seed_data import BRANDS, CODE_LABELS, FIRST_NAMES, LAST_NAMES, TRADES, Trade

Progress = Callable[[str, int, int], None]
BATCH = 20_000
CAPACITIES = (10_000, 25_000, 40_000, 60_000, 95_000, 120_000, 180_000, 240_000, 400_000, 750_000, 1_500_000)
COOPERATIVES = (
    LegalForm.COOP_SOLIDARITY,
    LegalForm.COOP_SOLIDARITY,
    LegalForm.COOP_WORK,
    LegalForm.COOP_CONSUMERS,
    LegalForm.COOP_PRODUCERS,
    LegalForm.COOP_SHAREHOLDERS,
)
#: The demo's member works here; its page shows all that its trade sells, in its whole region.
MEMBER_NEQ = "1199000000"
#: What stands beside the published suppliers so that the queue and the search for prospects have something to show.
UNPUBLISHED = (
    (Status.PROSPECT, 0.02),
    (Status.SUBMITTED, 0.008),
    (Status.DRAFT, 0.006),
    (Status.SUSPENDED, 0.002),
    (Status.ARCHIVED, 0.002),
)


@dataclass(frozen=True)
class PopulatedTown:
    code: str
    name: str
    mrc: str
    region: str
    lat: float
    lon: float
    postal_code: str
    weight: float


@dataclass(frozen=True)
class Enterprise:
    """One seeded enterprise before its ids are known."""

    neq: str
    name: str
    slug: str
    trade: Trade
    town: PopulatedTown
    form: LegalForm
    status: Status


def populated_towns() -> list[PopulatedTown]:
    """Every municipality with people and a point; a big town is drawn more often, a small one not never."""
    rows = (
        Municipality.objects.filter(population__gt=0, lat__isnull=False, mrc__isnull=False)
        .select_related("mrc")
        .order_by("code")
    )
    found = []
    for m in rows:
        if m.mrc is not None:
            place = (m.lat or 0.0, m.lon or 0.0)
            weight = m.population**0.8
            found.append(
                PopulatedTown(m.code, m.name, m.mrc.code, m.mrc.region_id, *place, m.postal_code, weight)
            )
    return found


def plan_enterprises(
    rng: random.Random, count: int, places: list[PopulatedTown], start: int = 0
) -> Iterator[Enterprise]:
    """`count` published enterprises, then those of every other state; names and slugs do not repeat.

    `start`: where numbers are looked for, those that stand left out; 0 in a database that has none.
    """
    statuses = [Status.PUBLISHED] * count
    for status, share in UNPUBLISHED:
        statuses += [status] * max(round(count * share), 4)
    trade_weights = [trade.weight for trade in TRADES]
    place_weights = [town.weight for town in places]
    used = set(Supplier.objects.values_list("slug", flat=True)) if start else set()
    for index, status in zip(_free_numbers(start), statuses, strict=False):
        trade = rng.choices(TRADES, trade_weights)[0]
        town = rng.choices(places, place_weights)[0]
        pattern = rng.choice(trade.names)
        name = branded_name(pattern, rng.choice(BRANDS))
        if (
            index == 0
        ):  # the demo's member works here: a cleaning enterprise in Trois-Rivières, where that is on the map
            trade, town, name = (
                TRADES[0],
                next((t for t in places if t.mrc == "371"), town),
                "Entretien Les Trois Rives",
            )
        form = _legal_form(rng, name)
        slug = slugify(name)
        if slug in used:
            name = f"{name} {with_de(town.name)}"
            slug = slugify(name)[:72]
        if slug in used:
            slug = f"{slug}-{index}"
            name = f"{name}, {rng.choice(('secteur nord', 'secteur sud', 'secteur est', 'secteur ouest'))}"
        used.add(slug)
        yield Enterprise(_neq(index), name, slug, trade, town, form, status)


def _neq(index: int) -> str:
    return f"1199{index:06d}"


def _free_numbers(start: int) -> Iterator[int]:
    """Those under a million whose NEQ nobody has: registrations and buyers of the demo hold some near the end."""
    seeded = Organisation.objects.filter(neq__startswith="1199") if start else Organisation.objects.none()
    taken = set(seeded.values_list("neq", flat=True))
    return (index for index in range(start, 1_000_000) if _neq(index) not in taken)


def _legal_form(rng: random.Random, name: str) -> LegalForm:
    """The form that the name promises; else three non-profits for one co-operative, and a few mutuals."""
    if name.startswith(("Coop", "Taxi-coop")):
        return rng.choice(COOPERATIVES)
    if name.startswith(("CPE", "Centre de la petite enfance", "Popote")):
        return LegalForm.OBNL
    return rng.choices((LegalForm.OBNL, rng.choice(COOPERATIVES), LegalForm.MUTUAL), (78, 20, 2))[0]


def _write_codes() -> None:
    """The codes of the trades with their ancestors and labels; what is known already stays as it is."""
    wanted = {code for trade in TRADES for _title, code, _kind in trade.offers}
    for digits in (2, 4, 6, 8):
        rows = {code[:digits].ljust(8, "0") for code in wanted}
        UnspscCode.objects.bulk_create(
            [
                UnspscCode(
                    code=code,
                    level=digits,
                    parent_id=None if digits == 2 else code[: digits - 2].ljust(8, "0"),
                    label=CODE_LABELS.get(code, ""),
                    source="feed" if code in CODE_LABELS else "none",
                )
                for code in sorted(rows)
                if code[digits - 2 : digits] != "00"
            ],
            ignore_conflicts=True,
        )


def seed_enterprises(*, count: int, rng: random.Random, day: date, progress: Progress, start: int = 0) -> int:
    """Write `count` published enterprises and the few others; returns how many stand in all."""
    _write_codes()
    places = populated_towns()
    mrcs_of_region: dict[str, list[str]] = {}
    for town in places:
        mrcs = mrcs_of_region.setdefault(town.region, [])
        if town.mrc not in mrcs:
            mrcs.append(town.mrc)
    batch: list[Enterprise] = []
    written = 0
    for enterprise in plan_enterprises(rng, count, places, start):
        batch.append(enterprise)
        if len(batch) == BATCH:
            written += _write_batch(batch, rng, day, mrcs_of_region)
            progress("enterprises", written, count)
            batch = []
    written += _write_batch(batch, rng, day, mrcs_of_region)
    progress("enterprises", written, count)
    return written


def _write_batch(
    batch: list[Enterprise], rng: random.Random, day: date, mrcs_of_region: dict[str, list[str]]
) -> int:
    """One batch into its tables, parents first."""
    if not batch:
        return 0
    now = timezone.make_aware(datetime.combine(day, time(4)))
    organisation_ids = take_ids(Organisation, len(batch))
    supplier_ids = take_ids(Supplier, len(batch))
    pairs = list(zip(batch, organisation_ids, supplier_ids, strict=True))
    poles = dict(PoleCoverage.objects.on(day).filter(mrc__isnull=False).values_list("mrc_id", "pole_id"))
    copy_rows(
        Organisation._meta.db_table,
        ("id", "neq", "name", "address", "town", "postal_code", "municipality_id", "mrc_id", "region_id", "lat", "lon",
         "email", "phone", "website", "email_domains", "created_at", "updated_at"),
        (_organisation_row(e, oid, rng, now) for e, oid, _sid in pairs),
    )  # fmt: skip
    proofs = [plan_proofs(rng, e.status, day, is_first=e.neq == MEMBER_NEQ) for e in batch]
    copy_rows(
        Supplier._meta.db_table,
        ("id", "organisation_id", "slug", "status", "reason", "status_changed_at", "legal_form", "activity", "sector_id",
         "staff_count", "capacity", "proved_until", "verified_on", "verified_until", "verified_by_id", "source", "curated_at", "created_at", "updated_at"),
        (
            _supplier_row(e, oid, sid, rng, now, poles, found)
            for (e, oid, sid), found in zip(pairs, proofs, strict=True)
        ),
    )  # fmt: skip
    write_proofs(
        (sid, poles.get(e.town.mrc), found) for (e, _oid, sid), found in zip(pairs, proofs, strict=True)
    )
    _write_purposes(pairs, rng)
    _write_offers(pairs, rng)
    copy_rows(
        ServedArea._meta.db_table,
        ("supplier_id", "region_id", "mrc_id"),
        (row for e, _oid, sid in pairs for row in _served_rows(e, sid, rng, mrcs_of_region)),
    )
    copy_rows(
        Contact._meta.db_table,
        ("supplier_id", "name", "title", "email", "phone", "is_public"),
        (_contact_row(e, sid, rng) for e, _oid, sid in pairs),
    )
    return len(batch)


def _organisation_row(e: Enterprise, pk: int, rng: random.Random, now: datetime) -> tuple[Any, ...]:
    street = rng.choice(
        ("rue Principale", "rue Saint-Joseph", "rue Notre-Dame", "avenue du Parc", "boulevard des Érables")
    )
    address = f"{rng.randrange(10, 4000)}, {street}"
    domain = f"{e.slug[:40].strip('-')}.example"
    lat, lon = e.town.lat + rng.uniform(-0.02, 0.02), e.town.lon + rng.uniform(-0.03, 0.03)
    return (
        pk, e.neq, e.name, address, e.town.name, e.town.postal_code, e.town.code, e.town.mrc, e.town.region,
        round(lat, 5), round(lon, 5), f"info@{domain}", fictional_phone(rng), f"https://www.{domain}" if rng.random() < 0.6 else "",
        [], now, now,
    )  # fmt: skip


def fictional_phone(rng: random.Random) -> str:
    """A number of the range kept for fiction (555-01xx)."""
    return f"{rng.choice((418, 450, 514, 819, 873, 367, 581))} 555-01{rng.randrange(100):02d}"


def _supplier_row(
    e: Enterprise,
    organisation: int,
    pk: int,
    rng: random.Random,
    now: datetime,
    poles: dict[str, str],
    proofs: list[Proof],
) -> tuple[Any, ...]:
    until = last_days(proofs)
    verified = max(proof.proved_on for proof in proofs) if len(proofs) == OF else None
    prospect = e.status is Status.PROSPECT
    reason = {Status.ARCHIVED: "not_social_economy", Status.SUSPENDED: "expired"}.get(e.status, "")
    since = now - timedelta(days=rng.randrange(1, 21)) if e.status is not Status.PUBLISHED else now
    return (
        pk, organisation, e.slug, e.status.value, reason, since, e.form.value, rng.choice(e.trade.activities) + ".",
        e.trade.sector, None if prospect else rng.choice((3, 5, 7, 9, 12, 14, 18, 22, 31, 45, 80, 140)),
        None if prospect else rng.choice(CAPACITIES), until, verified, until[0] if verified else None,
        poles.get(e.town.mrc) if verified else None,
        "registry" if prospect else "person",
        None if prospect else now, now, now,
    )  # fmt: skip


#: What each finalité or trade makes likely, one enterprise in two; another certification one time in ten.
LIKELY = {
    "insertion": "entreprise-insertion",
    "handicap": "entreprise-adaptee",
    "ferme": "biologique",
    "cafe": "equitable",
    "boulangerie": "aliments-du-quebec",
    "foresterie": "fsc",
    "construction": "rbq",
    "recuperation": "ici-on-recycle",
}


def _write_purposes(pairs: list[tuple[Enterprise, int, int]], rng: random.Random) -> None:
    """The trade's first finalité always, the others often, one from elsewhere at times; certifications that go along."""
    purposes = sorted(Purpose.objects.values_list("code", flat=True))
    certifications = sorted(Certification.objects.values_list("code", flat=True))
    chosen: list[tuple[int, str]] = []
    certified: list[tuple[int, str]] = []
    for e, _oid, sid in pairs:
        first, *others = e.trade.purposes
        codes = {first} | {code for code in others if rng.random() < 0.6}
        if rng.random() < 0.15:
            codes.add(rng.choice(purposes))
        chosen += [(sid, code) for code in sorted(codes)]
        likely = {
            LIKELY[key] for key in (*sorted(codes), e.trade.key) if key in LIKELY and rng.random() < 0.5
        }
        if rng.random() < 0.1:
            likely.add(rng.choice(certifications))
        certified += [(sid, code) for code in sorted(likely)]
    copy_rows(Supplier.purposes.through._meta.db_table, ("supplier_id", "purpose_id"), chosen)
    copy_rows(Supplier.certifications.through._meta.db_table, ("supplier_id", "certification_id"), certified)


def _write_offers(pairs: list[tuple[Enterprise, int, int]], rng: random.Random) -> None:
    """One to three offers each, of the trade, with their codes; prospects have none yet."""
    chosen: list[tuple[int, tuple[str, str, str]]] = []
    for e, _oid, sid in pairs:
        if e.neq == MEMBER_NEQ:
            chosen.extend((sid, offer) for offer in e.trade.offers)
        elif e.status is not Status.PROSPECT:
            offers = rng.sample(e.trade.offers, min(len(e.trade.offers), rng.choice((1, 2, 2, 3))))
            chosen.extend((sid, offer) for offer in offers)
    ids = take_ids(Offer, len(chosen))
    copy_rows(
        Offer._meta.db_table,
        ("id", "supplier_id", "kind", "title", "description"),
        ((pk, sid, kind, title, "") for pk, (sid, (title, _code, kind)) in zip(ids, chosen, strict=True)),
    )
    copy_rows(
        Offer.codes.through._meta.db_table,
        ("offer_id", "unspsccode_id"),
        ((pk, code) for pk, (_sid, (_title, code, _kind)) in zip(ids, chosen, strict=True)),
    )


def _served_rows(
    e: Enterprise, pk: int, rng: random.Random, mrcs_of_region: dict[str, list[str]]
) -> list[tuple[int, str | None, str | None]]:
    """Its MRC, some around, the whole region, or all of Québec."""
    draw = rng.random()
    if e.neq == MEMBER_NEQ:
        return [(pk, e.town.region, None)]
    if draw < 0.1:
        return [(pk, None, None)]
    if draw < 0.4:
        return [(pk, e.town.region, None)]
    others = [mrc for mrc in mrcs_of_region[e.town.region] if mrc != e.town.mrc]
    around = rng.sample(others, min(len(others), rng.choice((0, 1, 2, 3))))
    return [(pk, None, mrc) for mrc in [e.town.mrc, *around]]


def _contact_row(e: Enterprise, pk: int, rng: random.Random) -> tuple[Any, ...]:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    email = f"{slugify(first)}.{slugify(last)}@{e.slug[:40].strip('-')}.example"
    title = rng.choice(
        ("Direction générale", "Coordination", "Développement des affaires", "Service à la clientèle")
    )
    return (pk, f"{first} {last}", title, email, fictional_phone(rng), rng.random() < 0.7)
