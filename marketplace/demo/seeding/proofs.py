"""Seeded proofs of the six criteria: most published enterprises have six in date, some three, some lapsed, a few none.

None rests on a document: a seeded row has no file. `registrations` writes the few that have, through the verbs.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from suppliers.models import Basis, Criterion, CriterionAnswer, Finding, Status
from suppliers.verification import OF

from .bulk_copy import copy_rows

#: One enterprise finds all of its proofs in one place or two; where to look is kept beside each.
SOURCES = (
    ((Basis.FEDERATION, "Liste des membres de la fédération du secteur"),),
    (
        (Basis.REGISTRY, "Registraire des entreprises, état des renseignements"),
        (Basis.CALL, "Direction générale"),
    ),
    (
        (Basis.REGISTRY, "Registraire des entreprises, état des renseignements"),
        (Basis.WEBSITE, "Page sur la gouvernance et rapport annuel"),
    ),
    ((Basis.WEBSITE, "Rapport annuel en ligne"), (Basis.CALL, "Présidence du conseil")),
)
LAPSED_SHARE = 0.04


@dataclass(frozen=True)
class Proof:
    criterion: int
    basis: str
    reference: str
    proved_on: date
    expires_on: date


def plan_proofs(rng: random.Random, status: str, day: date, *, is_first: bool = False) -> list[Proof]:
    """What was found of one enterprise before `day`; the first is the demo's member, and verified."""
    if status not in (Status.PUBLISHED, Status.SUSPENDED):
        return []
    lapsed = status == Status.SUSPENDED or (not is_first and rng.random() < LAPSED_SHARE)
    draw = rng.random()
    many = (
        OF
        if lapsed or is_first or draw < 0.78
        else 3
        if draw < 0.9
        else rng.randrange(1, 6)
        if draw < 0.96
        else 0
    )
    age = rng.randrange(366, 480) if lapsed else rng.randrange(1, 300)
    source = rng.choice(SOURCES)
    proofs = []
    for number in sorted(rng.sample(Criterion.values, many)):
        basis, reference = source[number % len(source)]
        proved_on = day - timedelta(days=max(1, age - rng.choice((0, 0, 0, 5, 20))))
        holds = 365 if lapsed else rng.choice((365, 365, 365, 730))
        proofs.append(Proof(number, basis, reference, proved_on, proved_on + timedelta(days=holds)))
    return proofs


def last_days(proofs: list[Proof]) -> list[date]:
    """As `Supplier.proved_until` holds them."""
    return sorted(proof.expires_on for proof in proofs)


def write_proofs(rows: Iterable[tuple[int, str | None, list[Proof]]]) -> None:
    """COPY the proofs of suppliers, each with the pôle that found them."""
    copy_rows(
        CriterionAnswer._meta.db_table,
        ("supplier_id", "criterion", "text", "state", "note", "found_at", "proved_on", "expires_on", "basis", "reference",
         "pole_id"),
        (
            (supplier, proof.criterion, "", Finding.PROVED.value, "",
             timezone.make_aware(datetime.combine(proof.proved_on, time(10))), proof.proved_on, proof.expires_on,
             str(proof.basis), proof.reference, pole)
            for supplier, pole, proofs in rows
            for proof in proofs
        ),
    )  # fmt: skip
