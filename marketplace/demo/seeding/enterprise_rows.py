"""Rows of seeded enterprises: organisations, suppliers, offers, served areas and contacts, by COPY."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from marketplace.accounts.models import Organisation
from marketplace.classification.models import Certification, Purpose, UnspscCode
from marketplace.territories.models import Mrc, PoleCoverage
from suppliers.models import Contact, LegalForm, Offer, ServedArea, Status, Supplier
from suppliers.verification import OF

from .addresses import draw_address, populated_towns, regional_phone
from .bulk_copy import copy_rows, take_ids
from .buyer_facts import COLUMNS as OFFER_COLUMNS
from .buyer_facts import offer_facts, supplier_facts
from .describing import Voice, describe_activity, describe_offer, voice_of
from .enterprises import MEMBER_NEQ, Enterprise, plan_enterprises
from .proofs import Proof, last_days, plan_proofs, write_proofs
from .seed_data import (
    CODE_LABELS,
    CODE_LABELS_EN,
    FIRST_NAMES_FEMININE,
    FIRST_NAMES_MASCULINE,
    LAST_NAMES,
    TRADES,
)

Progress = Callable[[str, int, int], None]
BATCH = 20_000
TITLES = (
    ("directrice générale", "directeur général"),
    ("coordonnatrice", "coordonnateur"),
    ("responsable du développement", "responsable du développement"),
    ("adjointe administrative", "adjoint administratif"),
    ("responsable des soumissions", "responsable des soumissions"),
    ("chargée de projet", "chargé de projet"),
)


def _write_codes() -> None:
    """The codes of the trades with their ancestors and labels; what is known already stays as it is."""
    wanted = {code for trade in TRADES for _title, code, _kind in trade.offers} | set(CODE_LABELS)
    for digits in (2, 4, 6, 8):
        rows = {code[:digits].ljust(8, "0") for code in wanted}
        UnspscCode.objects.bulk_create(
            [
                UnspscCode(
                    code=code,
                    level=digits,
                    parent_id=None if digits == 2 else code[: digits - 2].ljust(8, "0"),
                    label=CODE_LABELS.get(code, ""),
                    label_en=CODE_LABELS_EN.get(code, ""),
                    source="feed" if code in CODE_LABELS else "none",
                )
                for code in sorted(rows)
                if code[digits - 2 : digits] != "00"
            ],
            ignore_conflicts=True,
        )


def nearest_mrcs() -> dict[str, list[str]]:
    """The four MRCs around each, the nearest first, whatever the region."""
    points = list(Mrc.objects.order_by("code").values_list("code", "lat", "lon"))
    return {
        code: [
            other
            for _far, other in sorted((_far_apart(lat, lon, *place), c) for c, *place in points if c != code)[
                :4
            ]
        ]
        for code, lat, lon in points
    }


def _far_apart(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """In degrees of latitude, near enough to order places by."""
    return math.hypot(lat - other_lat, (lon - other_lon) * 0.69)


def seed_enterprises(*, count: int, rng: random.Random, day: date, progress: Progress, start: int = 0) -> int:
    """Write `count` published enterprises and the few others; returns how many stand in all."""
    _write_codes()
    around = nearest_mrcs()
    batch: list[Enterprise] = []
    written = 0
    for enterprise in plan_enterprises(rng, count, populated_towns(), start):
        batch.append(enterprise)
        if len(batch) == BATCH:
            written += _write_batch(batch, rng, day, around)
            progress("enterprises", written, count)
            batch = []
    written += _write_batch(batch, rng, day, around)
    progress("enterprises", written, count)
    return written


def _write_batch(batch: list[Enterprise], rng: random.Random, day: date, around: dict[str, list[str]]) -> int:
    """One batch into its tables, parents first."""
    if not batch:
        return 0
    now = timezone.make_aware(datetime.combine(day, time.min))  # whatever the hour, nothing was written later
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
    purposes = _draw_purposes(batch, rng)
    voices = [
        voice_of(rng, e.trade, e.form, e.town, staff=e.staff, size=e.size, until=day.year) for e in batch
    ]
    copy_rows(
        Supplier._meta.db_table,
        ("id", "organisation_id", "slug", "status", "reason", "status_changed_at", "legal_form", "activity", "sector_id",
         "staff_count", "capacity", "hours", "people_served", "insured_for", "insured_until", "proved_until", "verified_on", "verified_until", "verified_by_id", "source", "curated_at", "created_at", "updated_at"),
        (
            _supplier_row(
                e, oid, sid, rng, now, poles, found, _activity(e, voice, codes), _facts_of(e, codes, day)
            )
            for (e, oid, sid), found, voice, codes in zip(pairs, proofs, voices, purposes, strict=True)
        ),
    )  # fmt: skip
    write_proofs(
        (sid, poles.get(e.town.mrc), found) for (e, _oid, sid), found in zip(pairs, proofs, strict=True)
    )
    _write_purposes(pairs, purposes, rng)
    _write_offers(pairs, voices, rng)
    copy_rows(
        ServedArea._meta.db_table,
        ("supplier_id", "region_id", "mrc_id"),
        (row for e, _oid, sid in pairs for row in _served_rows(e, sid, rng, around)),
    )
    copy_rows(
        Contact._meta.db_table,
        ("supplier_id", "name", "title", "email", "phone", "is_public"),
        (_contact_row(e, sid, rng) for e, _oid, sid in pairs),
    )
    return len(batch)


def _activity(e: Enterprise, voice: Voice, purposes: set[str]) -> str:
    """The registry only names the trade of a prospect."""
    return f"{e.trade.label}." if e.status is Status.PROSPECT else describe_activity(voice, purposes)


def _organisation_row(e: Enterprise, pk: int, rng: random.Random, now: datetime) -> tuple[Any, ...]:
    address = draw_address(rng, e.town)
    website = f"https://www.{e.domain}" if rng.random() < 0.75 else ""
    return (
        pk, e.neq, e.name, address.street, e.town.name, address.postal_code, e.town.code, e.town.mrc, e.town.region,
        address.lat, address.lon, f"info@{e.domain}", regional_phone(rng, e.town.region, e.town.mrc), website,
        [], now, now,
    )  # fmt: skip


def _supplier_row(
    e: Enterprise,
    organisation: int,
    pk: int,
    rng: random.Random,
    now: datetime,
    poles: dict[str, str],
    proofs: list[Proof],
    activity: str,
    facts: tuple[Any, ...],
) -> tuple[Any, ...]:
    until = last_days(proofs)
    verified = max(proof.proved_on for proof in proofs) if len(proofs) == OF else None
    prospect = e.status is Status.PROSPECT
    reason = {Status.ARCHIVED: "not_social_economy", Status.SUSPENDED: "expired"}.get(e.status, "")
    published = now - timedelta(days=int(e.neq[-6:]) * 37 % 700)  # one in eight is new
    since = now - timedelta(days=rng.randrange(1, 21)) if e.status is not Status.PUBLISHED else published
    return (
        pk, organisation, e.slug, e.status.value, reason, since, e.form.value, activity,
        e.trade.sector, None if prospect else e.staff, None if prospect else _draw_capacity(e, rng), *facts, until, verified,
        until[0] if verified else None, poles.get(e.town.mrc) if verified else None,
        "registry" if prospect else "person",
        None if prospect else now, now, now,
    )  # fmt: skip


def _facts_of(e: Enterprise, purposes: set[str], day: date) -> tuple[Any, ...]:
    """The registry knows none of it of a prospect."""
    if e.status is Status.PROSPECT:
        return "", "", None, None
    return supplier_facts(neq=e.neq, size=e.size, purposes=purposes, day=day)


def _draw_capacity(e: Enterprise, rng: random.Random) -> int | None:
    """Dollars per contract, which follow the size of the team, as people round them; a few do not say."""
    if rng.random() < 0.04 and e.neq != MEMBER_NEQ:
        return None
    least, most = e.trade.contract
    share = min(1.0, max(0.0, e.size + rng.uniform(-0.12, 0.12)))
    amount = least * (most / least) ** share
    unit = 10 ** int(math.log10(amount))
    return max(least, round(amount / unit * 2) * unit // 2)


def _draw_purposes(batch: list[Enterprise], rng: random.Random) -> list[set[str]]:
    """The trade's first finalité always, the others often, one from elsewhere at times.

    None comes from elsewhere that would say whom it employs: that is half of what such an enterprise tells.
    """
    others = sorted(set(Purpose.objects.values_list("code", flat=True)) - {"insertion", "handicap"})
    found = []
    for e in batch:
        first, *more = e.trade.purposes
        codes = {first} | {code for code in more if rng.random() < 0.5}
        if {"insertion", "handicap"} <= codes:
            codes.discard("insertion")
        if e.staff < 8:  # too few to train or to accompany anyone
            codes -= {"insertion", "handicap"}
        if rng.random() < 0.12:
            codes.add(rng.choice(others))
        if not codes:
            codes.add("developpement-local")
        found.append(codes)
    return found


def _write_purposes(
    pairs: list[tuple[Enterprise, int, int]], purposes: list[set[str]], rng: random.Random
) -> None:
    """The finalités, and the certifications that go with them and with the trade."""
    known = set(Certification.objects.values_list("code", flat=True))
    copy_rows(
        Supplier.purposes.through._meta.db_table,
        ("supplier_id", "purpose_id"),
        (
            (sid, code)
            for (_e, _oid, sid), codes in zip(pairs, purposes, strict=True)
            for code in sorted(codes)
        ),
    )
    certified: list[tuple[int, str]] = []
    for (e, _oid, sid), codes in zip(pairs, purposes, strict=True):
        chances = dict(e.trade.certifications)
        if "insertion" in codes and e.form is LegalForm.OBNL:
            chances["entreprise-insertion"] = 0.6
        if "handicap" in codes:
            chances["entreprise-adaptee"] = 0.7
        else:
            chances.pop("entreprise-adaptee", None)
        if e.staff > 40:
            chances["iso-9001"] = chances.get("iso-9001", 0) + 0.03
        certified += [
            (sid, code) for code, chance in sorted(chances.items()) if code in known and rng.random() < chance
        ]
    copy_rows(Supplier.certifications.through._meta.db_table, ("supplier_id", "certification_id"), certified)


def _write_offers(pairs: list[tuple[Enterprise, int, int]], voices: list[Voice], rng: random.Random) -> None:
    """One to four offers each, of the trade, with their codes; prospects have none yet."""
    chosen: list[tuple[Enterprise, int, Voice, tuple[str, str, str]]] = []
    for (e, _oid, sid), voice in zip(pairs, voices, strict=True):
        if e.neq == MEMBER_NEQ:
            chosen.extend((e, sid, voice, offer) for offer in e.trade.offers)
        elif e.status is not Status.PROSPECT:
            wanted = 1 + int(rng.random() * 2 + e.size * 2)
            picked = set(rng.sample(range(len(e.trade.offers)), min(len(e.trade.offers), wanted)))
            chosen.extend((e, sid, voice, e.trade.offers[n]) for n in sorted(picked))
    ids = take_ids(Offer, len(chosen))
    copy_rows(
        Offer._meta.db_table,
        ("id", "supplier_id", "kind", "title", "description", *OFFER_COLUMNS),
        (_offer_row(pk, *one) for pk, one in zip(ids, chosen, strict=True)),
    )
    copy_rows(
        Offer.codes.through._meta.db_table,
        ("offer_id", "unspsccode_id"),
        ((pk, code) for pk, (_e, _sid, _voice, (_title, code, _kind)) in zip(ids, chosen, strict=True)),
    )


def _offer_row(
    pk: int, e: Enterprise, supplier: int, voice: Voice, offer: tuple[str, str, str]
) -> tuple[Any, ...]:
    title, _code, kind = offer
    description = describe_offer(voice, title)
    facts = offer_facts(
        neq=e.neq, trade=e.trade.key, kind=kind, title=title, description=description, size=e.size
    )
    return (pk, supplier, kind, title, description, *(getattr(facts, name) for name in OFFER_COLUMNS))


def _served_rows(
    e: Enterprise, pk: int, rng: random.Random, around: dict[str, list[str]]
) -> list[tuple[int, str | None, str | None]]:
    """As far as its trade goes: its MRC and some around it, the whole region, or all of Québec."""
    reaches, totals = e.trade.reach
    reach = "region" if e.neq == MEMBER_NEQ else rng.choices(reaches, cum_weights=totals)[0]
    if reach == "quebec":
        return [(pk, None, None)]
    if reach == "region":
        return [(pk, e.town.region, None)]
    more = int(rng.random() * (1.5 + 2.5 * e.size))
    return [(pk, None, mrc) for mrc in [e.town.mrc, *around[e.town.mrc][:more]]]


def _contact_row(e: Enterprise, pk: int, rng: random.Random) -> tuple[Any, ...]:
    gender = int(rng.random() * 2)
    first = rng.choice((FIRST_NAMES_FEMININE, FIRST_NAMES_MASCULINE)[gender])
    last = rng.choice(LAST_NAMES)
    title = TITLES[min(int(rng.random() * 9), 8) % len(TITLES)][gender]
    email = f"{slugify(first)}.{slugify(last)}@{e.domain}"
    phone = regional_phone(rng, e.town.region, e.town.mrc)
    return (
        pk,
        f"{first} {last}",
        title[0].upper() + title[1:],
        email,
        phone,
        rng.random() < 0.7 or e.neq == MEMBER_NEQ,
    )
