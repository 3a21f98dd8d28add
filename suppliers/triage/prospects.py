"""The prospects of a reader's territory, as the page of triage asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Func, Q, TextField, Value
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.web.admin_lists import folded_column, search_rows
from suppliers.models import Status, Supplier, Triage
from suppliers.models.supplier import SupplierQuerySet
from suppliers.triage.judging import LIKELY, UNLIKELY

#: `?etat=`: what was chosen; `?probabilite=`: what the signs say.
STATES = ("", "gardees", "plus-tard")
LIKELIHOODS = ("", "probable", "incertaine", "peu-probable")
SEARCHED = (
    "organisation__name", "activity", "organisation__town", "organisation__email", "organisation__address",
    "contacts__name", "contacts__title", "contacts__email",
)  # fmt: skip
LEAST_DIGITS = 4


@dataclass(frozen=True)
class ProspectQuery:
    """What the page's address asks; what it does not know is left out."""

    text: str = ""
    mrc: str = ""
    state: str = ""
    likelihood: str = ""

    @classmethod
    def read(cls, data: Mapping[str, str]) -> ProspectQuery:
        state, likelihood = data.get("etat", ""), data.get("probabilite", "")
        return cls(
            text=data.get("q", "")[:100].replace("\x00", "").strip(),
            mrc=data.get("mrc", "")[:10],
            state=state if state in STATES else "",
            likelihood=likelihood if likelihood in LIKELIHOODS else "",
        )

    def address(self, **changes: str) -> str:
        """The query string, « ?q=… », with these changes; empty where nothing is asked."""
        asked = {
            "q": self.text,
            "mrc": self.mrc,
            "etat": self.state,
            "probabilite": self.likelihood,
            **changes,
        }
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


def found_prospects(reader: User, query: ProspectQuery) -> SupplierQuerySet:
    """Those of the territory that the text and the MRC name, whatever their state and likelihood."""
    rows = Supplier.objects.curated_by(reader).filter(status=Status.PROSPECT, triage__isnull=False)
    if query.mrc:
        rows = rows.filter(organisation__mrc=query.mrc)
    if not query.text:
        return rows
    named = search_rows(rows, query.text, columns=SEARCHED, neq="organisation__neq")
    found = Q(pk__in=named.values("pk"))
    digits = "".join(filter(str.isdigit, query.text))
    if len(digits) >= LEAST_DIGITS:
        numbered = rows.alias(number=_digits("organisation__phone"), other=_digits("contacts__phone")).filter(
            Q(number__contains=digits) | Q(other__contains=digits)
        )
        found |= Q(pk__in=numbered.values("pk"))
    return rows.filter(found)


def chosen_prospects(rows: SupplierQuerySet, query: ProspectQuery) -> SupplierQuerySet:
    """Of these, those in the state and of the likelihood that are asked; the likeliest first."""
    rows = rows.filter(in_state(query.state)).filter(of_likelihood(query.likelihood))
    return rows.order_by("-triage__points", folded_column("organisation__name"), "pk")


def in_state(state: str) -> Q:
    later = Q(triage__choice=Triage.Choice.LATER, triage__until__gt=timezone.localdate())
    if state == "gardees":
        return Q(triage__choice=Triage.Choice.KEEP)
    return later if state == "plus-tard" else ~Q(triage__choice=Triage.Choice.KEEP) & ~later


def of_likelihood(likelihood: str) -> Q:
    return {
        "": Q(),
        "probable": Q(triage__points__gte=LIKELY),
        "incertaine": Q(triage__points__gt=UNLIKELY, triage__points__lt=LIKELY),
        "peu-probable": Q(triage__points__lte=UNLIKELY),
    }[likelihood]


def count_prospects(rows: SupplierQuerySet, query: ProspectQuery) -> dict[str, dict[str, int]]:
    """How many in each state, and of each likelihood in the state that is asked; one statement."""
    here = in_state(query.state)
    asked: dict[str, Any] = {f"s{n}": Count("pk", filter=in_state(state)) for n, state in enumerate(STATES)}
    asked |= {f"l{n}": Count("pk", filter=here & of_likelihood(one)) for n, one in enumerate(LIKELIHOODS)}
    counted = rows.order_by().aggregate(**asked)
    return {
        "states": {state: counted[f"s{n}"] for n, state in enumerate(STATES)},
        "likelihoods": {one: counted[f"l{n}"] for n, one in enumerate(LIKELIHOODS)},
    }


def _digits(column: str) -> Func:
    return Func(
        F(column), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=TextField()
    )
