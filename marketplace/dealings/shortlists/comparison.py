"""Suppliers side by side: what each delivers of what is asked, and what decides. Seven queries for any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.dealings.models import Shortlist, ShortlistEntry
from marketplace.territories.labels import mrcs_by_code
from marketplace.web.typography import format_day_short, format_number
from suppliers.certifications import certification_lines, certifications_as_json
from suppliers.criteria import CriterionLine, criterion_lines_of
from suppliers.models import CriterionAnswer, Supplier
from suppliers.references import reference_lines, references_as_json
from suppliers.search.marking import has_marked_word
from suppliers.shown_offers import lead_range_text, offers_of_suppliers
from suppliers.verification import OF, Verification, verification_of
from suppliers.wording import capacity_text, distance_text, in_town, served_places, staff_text

from .fit import AskedSearch, FitLine, Verdict, km_from
from .searches import search_sentence

if TYPE_CHECKING:
    from suppliers.shown_offers import ShownOffer

MOST_COMPARED = 5
SHOWN_OFFERS = 3


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one supplier has of one row; `verdict` of what the search asks."""

    name: str
    text: str
    verdict: Verdict | str = ""
    is_written: bool = False  # by the enterprise, in its own language


@dataclass(frozen=True, kw_only=True)
class CompareRow:
    label: str
    cells: list[Cell]
    is_asked: bool = False
    is_written: bool = False  # all of it


@dataclass(kw_only=True)
class ComparedSupplier:
    """One supplier of the selection with all that pages and files say of it. Where `supplier` is None, its name alone."""

    entry: ShortlistEntry
    name: str
    url: str = ""
    place: str = ""
    neq: str = ""
    verification: Verification | None = None
    criteria: list[CriterionLine] = field(default_factory=list)
    fit: list[FitLine] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    offers: list[ShownOffer] = field(default_factory=list)

    @property
    def withdrawn(self) -> str:
        """Why the directory shows it no longer, in a sentence; empty where it does."""
        return withdrawn_sentence(self.entry)

    @property
    def proof(self) -> str:
        """Its verification today, whatever it was when it was kept."""
        if self.verification is None:
            return ""
        return str(self.verification.sentence)


def withdrawn_sentence(entry: ShortlistEntry) -> str:
    if entry.is_listed:
        return ""
    if entry.withdrawn_at is None:
        return _("N’est plus au répertoire")
    return _("N’est plus au répertoire depuis le %(day)s") % {"day": format_day_short(entry.withdrawn_at)}


@dataclass(kw_only=True)
class Comparison:
    shortlist: Shortlist
    suppliers: list[ComparedSupplier]
    search: str = ""  # what they are compared by
    searches: list[str] = field(default_factory=list)
    total: int | None = None  # how many of the directory answer it today

    @property
    def search_said(self) -> str:
        return search_sentence(self.search)

    @property
    def rows(self) -> list[CompareRow]:
        """What the search asks, then the facts that one of them has at least."""
        rows = []
        for number, line in enumerate(self.suppliers[0].fit if self.suppliers else []):
            cells = [
                _fit_cell(one.name, one.fit[number])
                if one.fit
                else Cell(name=one.name, text=one.withdrawn, verdict="none")
                for one in self.suppliers
            ]
            rows.append(CompareRow(label=line.asked, cells=cells, is_asked=True))
        labels = list(dict.fromkeys(label for one in self.suppliers for label, _text in one.facts))
        for label in labels:
            facts = [dict(one.facts).get(label, "") for one in self.suppliers]
            if any(facts):
                cells = [
                    Cell(name=one.name, text=text) for one, text in zip(self.suppliers, facts, strict=True)
                ]
                rows.append(CompareRow(label=label, cells=cells, is_written=label in written_facts()))
        return rows


def compare_entries(
    shortlist: Shortlist,
    entries: Sequence[ShortlistEntry],
    *,
    search: str | None = None,
    counted: bool = False,
) -> Comparison:
    """`search`: by which search; the last one that led to one of them unless it is given."""
    searches = list(dict.fromkeys(entry.search for entry in reversed(entries) if entry.search))
    chosen = search if search is not None and search in searches else (searches[0] if searches else "")
    asked = AskedSearch(chosen) if chosen else None
    suppliers = [entry.supplier for entry in entries if entry.supplier is not None]
    facts = _Facts(suppliers)
    compared = [_compared(shortlist, entry, facts, asked) for entry in entries]
    return Comparison(
        shortlist=shortlist,
        suppliers=compared,
        search=chosen,
        searches=searches,
        total=asked.total if asked and counted else None,
    )


def _fit_cell(name: str, line: FitLine) -> Cell:
    return Cell(name=name, text=line.said, verdict=line.verdict, is_written=line.is_written)


def written_facts() -> frozenset[str]:
    """The facts that hold words of the enterprises, as they are labelled."""
    return frozenset(
        (_("Offres"), _("Volume"), _("Commande minimale"), _("Prix indicatif"), _("Références confirmées"))
    )


class _Facts:
    """What the tables say of these suppliers, three queries for all."""

    def __init__(self, suppliers: Sequence[Supplier]) -> None:
        ids = [supplier.pk for supplier in suppliers]
        self.offers = offers_of_suppliers(ids)
        self.answers: dict[int, dict[int, CriterionAnswer]] = {pk: {} for pk in ids}
        for answer in CriterionAnswer.objects.filter(supplier__in=ids).select_related("pole"):
            self.answers[answer.supplier_id][answer.criterion] = answer
        rows = Supplier.objects.filter(pk__in=ids).annotate(
            certification_rows=certifications_as_json(), reference_rows=references_as_json()
        )
        self.shown: dict[int, tuple[Any, Any]] = {
            pk: (certifications, references)
            for pk, certifications, references in rows.values_list(
                "pk", "certification_rows", "reference_rows"
            )
        }


def _compared(
    shortlist: Shortlist, entry: ShortlistEntry, facts: _Facts, asked: AskedSearch | None
) -> ComparedSupplier:
    supplier = entry.supplier
    if (
        supplier is None or not entry.is_listed
    ):  # of what is withdrawn, the name that was kept and nothing else
        return ComparedSupplier(entry=entry, name=entry.supplier_name)
    organisation = supplier.organisation
    offers = facts.offers[supplier.pk]
    town = organisation.municipality.name if organisation.municipality else organisation.town
    return ComparedSupplier(
        entry=entry,
        name=organisation.name,
        url=reverse("suppliers:supplier", args=[supplier.slug]),
        place=town,
        neq=organisation.neq or "",
        verification=verification_of(supplier),
        criteria=criterion_lines_of(facts.answers[supplier.pk]),
        fit=asked.lines(supplier, offers) if asked else [],
        facts=[
            (label, text) for label, text in _said_of(shortlist, supplier, facts, asked, offers, town) if text
        ],
        offers=offers,
    )


def _said_of(
    shortlist: Shortlist,
    supplier: Supplier,
    facts: _Facts,
    asked: AskedSearch | None,
    offers: list[ShownOffer],
    town: str,
) -> list[tuple[str, str]]:
    certifications, references = facts.shown[supplier.pk]
    entry: Any = getattr(supplier, "directory", None)
    today = timezone.localdate()
    proved = sum(day >= today for day in supplier.proved_until)
    return [
        (
            _("Forme et siège"),
            capfirst(f"{supplier.form_label} {in_town(town)}" if town else supplier.form_label),
        ),
        (_("Offres"), _listed([offer.title for offer in _fitting_first(offers, asked)], SHOWN_OFFERS)),
        (_("Territoire desservi"), served_places(entry.serves) if entry else ""),
        distance_fact(shortlist, supplier, asked),
        (_("Capacité"), capfirst(capacity_text(supplier.capacity or 0))),
        (_("Volume"), _each([offer.output for offer in offers])),
        (_("Délai habituel"), capfirst(lead_range_text(offers))),
        (_("Commande minimale"), _each([offer.minimum for offer in offers])),
        (
            _("Prix indicatif"),
            _each([f"{offer.title}\u00a0: {offer.price}" for offer in offers if offer.price]),
        ),
        (_("Vérification"), str(verification_of(supplier).sentence)),
        (
            _("Six critères de la Loi"),
            ngettext("%(n)s prouvé sur %(of)s", "%(n)s prouvés sur %(of)s", proved) % {"n": proved, "of": OF},
        ),
        (
            _("Certifications"),
            _each(
                [
                    "{} ({})".format(held.label, held.proof or _("déclarée"))
                    for held in certification_lines(certifications, today)
                ]
            ),
        ),
        (
            _("Références confirmées"),
            _each([f"{line.customer} ({line.what}, {line.year})" for line in reference_lines(references)]),
        ),
        (_("Équipe"), staff_text(supplier.staff_count)),
    ]


def _fitting_first(offers: list[ShownOffer], asked: AskedSearch | None) -> list[ShownOffer]:
    stems = asked.wishes.stems if asked else ()
    return sorted(offers, key=lambda offer: not (stems and has_marked_word(offer.title, stems)))


def distance_fact(shortlist: Shortlist, supplier: Supplier, asked: AskedSearch | None) -> tuple[str, str]:
    """From the institution, or where it has no place from the one that the search names."""
    home = shortlist.organisation
    if home is not None:
        lat, lon = home.lat, home.lon
        if (lat is None or lon is None) and (mrc := mrcs_by_code().get(home.mrc_id or "")):
            lat, lon = mrc.lat, mrc.lon
        return _("Distance de votre institution"), capfirst(distance_text(km_from(lat, lon, supplier)))
    if asked is not None and asked.place:
        text = distance_text(km_from(asked.place.lat, asked.place.lon, supplier))
        return _("Distance du lieu demandé"), capfirst(text)
    return _("Distance"), ""


def _listed(texts: list[str], shown: int) -> str:
    """« a; b; c; et 4 autres »."""
    rest = len(texts) - shown
    said = texts[:shown]
    if rest > 0:
        said.append(ngettext("et %(n)s autre", "et %(n)s autres", rest) % {"n": format_number(rest)})
    return "; ".join(said)


def _each(texts: list[str]) -> str:
    return _listed([text for text in dict.fromkeys(texts) if text], 4)
