"""Suppliers in words: places with their articles, verifications with their dates, staff and capacity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.territories.labels import EVERYWHERE, territory_label
from marketplace.web.typography import format_day_short, format_money, format_money_short, format_number

# « Toute la Mauricie », but « tout Laval »: the article belongs to the name.
_WHOLE_REGION = {
    "01": lazy("tout le Bas-Saint-Laurent"),
    "02": lazy("tout le Saguenay–Lac-Saint-Jean"),
    "03": lazy("toute la Capitale-Nationale"),
    "04": lazy("toute la Mauricie"),
    "05": lazy("toute l’Estrie"),
    "06": lazy("tout Montréal"),
    "07": lazy("tout l’Outaouais"),
    "08": lazy("toute l’Abitibi-Témiscamingue"),
    "09": lazy("toute la Côte-Nord"),
    "10": lazy("tout le Nord-du-Québec"),
    "11": lazy("toute la Gaspésie et les Îles-de-la-Madeleine"),
    "12": lazy("toute la Chaudière-Appalaches"),
    "13": lazy("tout Laval"),
    "14": lazy("tout Lanaudière"),
    "15": lazy("toutes les Laurentides"),
    "16": lazy("toute la Montérégie"),
    "17": lazy("tout le Centre-du-Québec"),
}
SHOWN_PLACES = 4


def served_place(token: str) -> str:
    """A served place inside a sentence: « Trois-Rivières », « toute la Mauricie », « tout le Québec »."""
    if token == EVERYWHERE:
        return _("tout le Québec")
    if token.startswith("R") and token[1:] in _WHOLE_REGION:
        return str(_WHOLE_REGION[token[1:]])
    return territory_label(token)


def served_places(tokens: Iterable[str], shown: int = SHOWN_PLACES) -> str:
    """What a supplier serves, the widest first: « Toute la Mauricie, Portneuf et 3 autres territoires »."""
    text = served_places_in_sentence(tokens, shown)
    return text[:1].upper() + text[1:]


def served_places_in_sentence(tokens: Iterable[str], shown: int) -> str:
    """« toute la Mauricie, Portneuf et 3 autres territoires »."""
    names = [served_place(token) for token in sorted(tokens, key=lambda token: (token[0] not in "QR", token))]
    if not names:
        return ""
    rest = len(names) - shown
    if rest > 1:
        names = names[:shown]
        names.append(
            ngettext("%(n)s autre territoire", "%(n)s autres territoires", rest) % {"n": format_number(rest)}
        )
    return enumerate_names(names)


def served_label(tokens: Iterable[str], counted: bool = False) -> str:
    """The words before served places: « Livre à » Trois-Rivières, « Livre dans » toute la Mauricie, les Chenaux, 6 MRC."""
    tokens = list(tokens)
    if counted and len(tokens) > 1:
        return _("Livre dans")
    wide = any(token[0] in "QR" for token in tokens)
    with_article = any(served_place(token).startswith(("Les ", "Le ", "La ", "L’")) for token in tokens)
    return _("Livre dans") if wide or with_article else _("Livre à")


def enumerate_names(names: list[str], last: str = "") -> str:
    """« a, b et c »; `last` is the word before the last, « et » unless given."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s %(and)s %(last)s") % {
        "first": ", ".join(names[:-1]),
        "and": last or _("et"),
        "last": names[-1],
    }


def in_town(place: str) -> str:
    """« à Longueuil », « au Bic », « aux Escoumins »; in English “in Longueuil”."""
    if (get_language() or "fr").startswith("fr"):
        for article, contracted in (("Les ", "aux "), ("Le ", "au ")):
            if place.startswith(article):
                return contracted + place.removeprefix(article)
    return _("à %(place)s") % {"place": place}


def staff_text(count: int | None) -> str:
    """« 22 personnes »; empty where unknown."""
    if not count:
        return ""
    return ngettext("%(n)s personne", "%(n)s personnes", count) % {"n": format_number(count)}


def reference_count_text(count: int) -> str:
    """« 2 références confirmées », by customers."""
    return ngettext("%(n)s référence confirmée", "%(n)s références confirmées", count) % {
        "n": format_number(count)
    }


def capacity_text_short(dollars: int) -> str:
    """« contrats jusqu’à 180 000 $ »; empty where unknown."""
    return _("contrats jusqu’à %(amount)s") % {"amount": format_money(dollars)} if dollars else ""


def capacity_text(dollars: int) -> str:
    """« jusqu’à 180 000 $ par contrat »; empty where unknown."""
    return _("jusqu’à %(amount)s par contrat") % {"amount": format_money(dollars)} if dollars else ""


def distance_text(km: float | None) -> str:
    """« à 4 km »; « sur place » under one kilometre, empty where unknown."""
    if km is None:
        return ""
    if km < 1:
        return _("sur place")
    return _("à %(n)s km") % {"n": format_number(round(km))}


def insurance_text(dollars: int | None, until: date | None, today: date) -> str:
    """« Responsabilité civile, 5 M$, jusqu’au 3 mai 2027 »; one that has lapsed says so; empty where unknown."""
    if not dollars:
        return ""
    said = {"amount": format_money_short(dollars), "day": format_day_short(until)}
    if until is None:
        return _("Responsabilité civile, %(amount)s") % said
    if until < today:
        return _("Responsabilité civile, %(amount)s, échue le %(day)s") % said
    return _("Responsabilité civile, %(amount)s, jusqu’au %(day)s") % said
