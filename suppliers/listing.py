"""What the directory page shows, ready for its templates: they choose words and places, all computing is done here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from marketplace.classification import choices as classification
from marketplace.classification.labels import code_label
from marketplace.territories import choices as territories
from marketplace.territories.labels import territory_label
from marketplace.web.pagination import paginate
from marketplace.web.typography import format_money_short, format_number

from . import cards, facets, filters, search, wording
from .conditions import order_of
from .filters import DirectoryQuery
from .models import LegalForm
from .search import Text

PAGE_SIZE = 20
MOST_MESSAGES = 8
SEATS_ASIDE = 8  # MRCs beside the list; the others are one link away

_TITLES: dict[str, Promise] = {
    "forms": lazy("Forme juridique"),
    "purposes": lazy("Finalité"),
    "capacities": lazy("Capacité par contrat"),
    "verification": lazy("Vérification"),
    "certifications": lazy("Certification"),
    "regions": lazy("Région du siège"),
    "mrcs": lazy("MRC du siège"),
    "sectors": lazy("Secteur (SCIAN)"),
}
# The general form before the precise ones.
_FORMS = (
    LegalForm.OBNL,
    LegalForm.COOP,
    LegalForm.COOP_SOLIDARITY,
    LegalForm.COOP_WORK,
    LegalForm.COOP_CONSUMERS,
    LegalForm.COOP_PRODUCERS,
    LegalForm.COOP_SHAREHOLDERS,
    LegalForm.MUTUAL,
)
_OPEN = {"forms", "purposes", "capacities", "verification"}
_LONG = {"mrcs", "regions", "sectors"}
_CHIPS: dict[str, Promise] = {
    "serves": lazy("Dessert"),
    "offers": lazy("Offre"),
    "regions": lazy("Région"),
    "mrcs": lazy("MRC"),
    "sectors": lazy("Secteur"),
    "capacities": lazy("Capacité"),
}
_ORDERS: dict[str, Promise] = {
    "relevance": lazy("pertinence"),
    "name": lazy("nom"),
    "recent": lazy("vérification récente"),
    "capacity": lazy("capacité"),
}


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything that the directory's templates use; at most five SQL queries, whatever the rows."""
    query, problems = filters.parse(request.GET)
    text = search.prepare(query.text)
    as_map = query.view == "map"
    counts = facets.count(query, text, asked_start(request), 0 if as_map else PAGE_SIZE)
    page = paginate(request, range(counts.total), PAGE_SIZE)
    found: list[cards.Card] = []
    if counts.page:
        found = cards.of(counts.page, text)
    elif counts.total and not as_map:
        found = cards.page(query, text, page.start_index() - 1, page.end_index())
    messages = [problem.text for problem in problems] + [m for m in (text.message, page.message) if m]
    return {
        "wide": True,
        "query": query,
        "address": address(query, page.number),
        "search": text,
        "exact_address": address(replace(query, text=text.exact)) if text.exact else "",
        "without_unknown_address": address(replace(query, text=text.without_unknown))
        if text.without_unknown
        else "",
        "messages_here": messages[:MOST_MESSAGES],
        "total": counts.total,
        "sentence": sentence(query, text, counts.total),
        "page_obj": page,
        "cards": shown_cards(found),
        "as_map": as_map,
        "list_address": address(replace(query, view="list")),
        "map_address": address(replace(query, view="map")),
        "chips": chips(query),
        "active": query.filters,
        "clear_address": address(
            replace(DirectoryQuery(), text=query.text, order=query.order, view=query.view)
        ),
        "facets": options(query, counts),
        "orders": orders(query, text),
        "seats": seats(query, counts.seats, None if as_map else SEATS_ASIDE),
        "seats_left_out": 0 if as_map else max(0, len(counts.seats) - SEATS_ASIDE),
        "regions": territories.regions(),
        "mrcs": territories.mrcs(),
        "served": query.serves[0] if query.serves else "",
        "served_too": query.serves[1:],
        "remove": _("Retirer"),
    }


def asked_start(request: HttpRequest) -> int:
    """The rank at which the asked page begins, as `paginate` will read it, before anyone knows how many there are."""
    asked = request.GET.get("page", "").strip()
    return max(0, int(asked[:9]) - 1) * PAGE_SIZE if asked.isascii() and asked.isdigit() else 0


def address(query: DirectoryQuery, page: int = 1) -> str:
    """The address of a directory question."""
    parameters = filters.as_parameters(query)
    if page > 1:
        parameters.append(("page", str(page)))
    return reverse("suppliers:directory") + ("?" + urlencode(parameters) if parameters else "")


def sentence(query: DirectoryQuery, text: Text, total: int) -> str:
    """« 15 fournisseurs desservent Longueuil », « 12 fournisseurs pour « traiteur » »."""
    n = {"n": format_number(total)}
    if not total:
        return _("Aucun fournisseur ne répond à cette recherche")
    if query.serves:
        places = wording.enumeration([wording.served_place(token) for token in query.serves], last=_("ou"))
        return ngettext(
            "%(n)s fournisseur dessert %(places)s", "%(n)s fournisseurs desservent %(places)s", total
        ) % {**n, "places": places}
    if text:
        return ngettext(
            "%(n)s fournisseur pour «\u00a0%(text)s\u00a0»",
            "%(n)s fournisseurs pour «\u00a0%(text)s\u00a0»",
            total,
        ) % {**n, "text": text.read_as or text.asked}
    if query.filters:
        return (
            ngettext(
                "%(n)s fournisseur répond à ces critères",
                "%(n)s fournisseurs répondent à ces critères",
                total,
            )
            % n
        )
    return ngettext("%(n)s fournisseur au répertoire", "%(n)s fournisseurs au répertoire", total) % n


def shown_cards(found: list[cards.Card]) -> list[dict[str, Any]]:
    base = reverse("suppliers:directory")  # a sheet's address is this and its slug; reversing each costs more
    today = timezone.localdate()
    return [_card(one, base, today) for one in found]


def _card(found: cards.Card, base: str, today: date) -> dict[str, Any]:
    kind, words = wording.verification(found.verified_on, today)
    who = str(found.form.label)
    if found.place:
        who = f"{who} {wording.at(found.place)}"
    if people := wording.staff(found.staff_count):
        who = f"{who}, {people}"
    return {
        "url": f"{base}{found.slug}/",
        "name": found.name,
        "who": who[0].upper() + who[1:],
        "badge": kind,
        "verification": words,
        "summary": found.summary,
        "echo": found.echo,
        "serves": wording.served_places(found.serves),
        "capacity": wording.capacity(found.capacity),
    }


def labels(name: str) -> dict[str, str]:
    """The values that a facet offers, in order, with their labels."""
    if name == "forms":
        return {form.value: form_label(form) for form in _FORMS}
    if name == "capacities":
        return {
            str(step): _("%(amount)s et plus") % {"amount": format_money_short(step)}
            for step in filters.CAPACITY_STEPS
        }
    if name == "verification":
        return {filters.RECENT: _("Vérifiée depuis 12 mois"), filters.LAPSED: _("Vérification échue")}
    if name == "mrcs":
        return {code: mrc.name for code, mrc in territories.mrcs().items()}
    if name == "sectors":
        spans = classification.spans()
        return {code: f"{spans.get(code, code)} {label}" for code, label in classification.sectors().items()}
    if name == "regions":
        return {code: f"{code} {label}" for code, label in territories.regions().items()}
    return {"purposes": classification.purposes, "certifications": classification.certifications}[name]()


def form_label(form: LegalForm) -> str:
    """As a choice: « Coopérative » there means all of them."""
    text = _("Coopérative (toutes)") if form is LegalForm.COOP else str(form.label)
    return text[0].upper() + text[1:]


def options(query: DirectoryQuery, counts: facets.Counts) -> list[dict[str, Any]]:
    """The facets as the page lists them: zero counts stay visible."""
    result = []
    for name, title in _TITLES.items():
        chosen = {str(value) for value in getattr(query, name)}
        counted = counts.facets[name]
        parameter = filters.FRENCH.parameters[name]
        result.append(
            {
                "name": parameter,
                "label": title,
                "open": name in _OPEN or bool(chosen),
                "long": name in _LONG,
                "options": [
                    {
                        "value": value,
                        "label": label,
                        "id": f"n-{parameter}-{value}",
                        "count": _short(counted.get(value, 0)),
                        "checked": value in chosen,
                    }
                    for value, label in labels(name).items()
                ],
                # A capacity that no step offers must not get lost when another box is ticked.
                "kept": [value for value in chosen if name == "capacities" and value not in labels(name)],
            }
        )
    return result


def _short(n: int) -> str:
    return str(n) if n < 1000 else format_number(n)


def chips(query: DirectoryQuery) -> list[dict[str, str]]:
    """The active filters, each with the address of the same question without it."""
    found = []
    for name in ("serves", "offers", *_TITLES):
        values = getattr(query, name)
        named = labels(name) if values and name in _TITLES else {}
        for value in values:
            if name == "serves":
                label = territory_label(value)
            elif name == "offers":
                label = f"{value.ljust(8, '0')} {code_label(value)}".strip()
            elif name == "capacities":
                label = _("%(amount)s et plus") % {"amount": format_money_short(value)}
            else:
                label = named[value]
            found.append(
                {
                    "dimension": str(_CHIPS.get(name, "")),
                    "label": label,
                    "url": address(filters.without(query, name, value)),
                }
            )
    return found


def orders(query: DirectoryQuery, text: Text) -> list[dict[str, Any]]:
    """The choices of order, relevance only where there is a text; what nobody needs to ask stays out of the address."""
    current, unasked = order_of(query, text), order_of(replace(query, order=""), text)
    meant = {meaning: word for word, meaning in filters.FRENCH.orders.items()}
    return [
        {"value": "" if order == unasked else meant[order], "label": label, "selected": order == current}
        for order, label in _ORDERS.items()
        if order != "relevance" or text.tsquery
    ]


def seats(query: DirectoryQuery, counted: dict[str, int], most: int | None) -> list[dict[str, Any]]:
    """The answers by MRC of their seat, the most first; `url` narrows the question to that MRC."""
    known = territories.mrcs()
    ranked = sorted(
        counted.items(), key=lambda item: (item[0] not in known, -item[1])
    )  # then by name, as counted
    regions = territories.regions()
    return [
        {
            "name": known[code].name if code in known else _("MRC inconnue"),
            "region": regions.get(known[code].region, "") if code in known else "",
            "count": format_number(n),
            "url": address(replace(query, mrcs=(code,), view="list")) if code in known else "",
        }
        for code, n in ranked[:most]
    ]
