"""Seeded lists of suppliers of the demo's buyer: one read, with what it found; one whose columns wait; one unreadable.

Through the verbs and the worker's own function, so that shares and proposals are those that a person would get.
"""

from __future__ import annotations

import csv
import io
import random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from buyers.models import Buyer
from marketplace.accounts.models import User
from marketplace.dealings.models import OwnList, OwnListRow
from marketplace.dealings.own_lists.decisions import confirm_row, reject_row
from marketplace.dealings.own_lists.reading import read_own_list
from marketplace.dealings.own_lists.uploads import choose_columns, deposit_own_list
from marketplace.web.private_files.tables import check_table
from suppliers.models import Supplier

from .seed_data import read_seed_data

BY_NEQ, BY_NAME, DECIDED = 9, 6, 2
_WORDS = read_seed_data("own_lists.json")


def seed_own_lists(*, shop: Buyer, rng: random.Random) -> None:
    shopper = User.objects.get(email="acheteuse@demo.example")
    known = list(
        Supplier.objects.published()
        .filter(organisation__neq__isnull=False)
        .select_related("organisation")
        .order_by("pk")[:400]
    )
    chosen = rng.sample(known, min(BY_NEQ + BY_NAME, len(known)))
    rows = _rows(chosen, rng)
    header = list(_WORDS["header"])
    ready = _deposit(shop, shopper, _WORDS["name"], [header, *rows])
    choose_columns(own_list=ready, columns=ready.columns, skips_header=True, by=shopper)
    read_own_list(ready.pk)
    proposed = ready.rows.filter(state=OwnListRow.State.PROPOSED).order_by("-confidence", "pk")
    for number, row in enumerate(proposed[:DECIDED]):
        if number or row.supplier_id is None:
            reject_row(row=row, by=shopper)
        else:
            confirm_row(row=row, supplier_id=row.supplier_id, by=shopper)
    _deposit(shop, shopper, _WORDS["waiting"], [["Col1", "Col2"], *([row[1], row[2]] for row in rows[:8])])
    empty = _deposit(shop, shopper, _WORDS["unreadable"], [["Fournisseur", "Montant"], ["", "1200"]])
    choose_columns(own_list=empty, columns=empty.columns, skips_header=True, by=shopper)
    read_own_list(empty.pk)


def _rows(chosen: list[Supplier], rng: random.Random) -> list[list[Any]]:
    """Enterprises of the directory by their NEQ, others by a name that is nearly theirs; then those of elsewhere, some twice."""
    rows: list[list[Any]] = []
    for number, supplier in enumerate(chosen):
        organisation = supplier.organisation
        paid = rng.randrange(900, 48_000)
        if number < BY_NEQ:
            rows.append([organisation.neq, organisation.name.upper(), paid, "", organisation.town])
        else:
            spelling = rng.choice(_WORDS["respelled"])
            rows.append(["", spelling % organisation.name, paid, "", organisation.town])
    rows += [["", name, paid, category, town] for name, category, town, paid in _WORDS["others"]]
    rng.shuffle(rows)
    rows += [[*row[:2], rng.randrange(200, 4_000), *row[3:]] for row in rows[:4]]
    rows.append(["", "", 310, "", ""])
    return rows


def _deposit(shop: Buyer, by: User, name: str, rows: list[list[Any]]) -> OwnList:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    upload = SimpleUploadedFile("fournisseurs.csv", text.getvalue().encode("utf-8-sig"))
    return deposit_own_list(organisation=shop.organisation, upload=check_table(upload), name=name, by=by)
