"""Reasons and what is missing, in sentences for a buyer who reads about a supplier, in the active language.

`sentences` says the same reasons to the supplier. No praise and no ruling here either.
"""

from __future__ import annotations

from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.matching.engine import Reason
from marketplace.matching.needs import Fit, Lack
from marketplace.matching.sentences import METHODS, delivery_phrase, meant_words
from marketplace.territories.labels import territory_label
from marketplace.web.typography import format_money, format_number

#: What is bought comes before where and how much.
FIRST = ("code", "past", "meaning", "text", "buyer", "beside", "procedure", "area", "capacity", "taught")


def fit_sentences(fit: Fit) -> list[str]:
    """Why it fits, one line each, without a final stop; what fits in full comes first."""
    rows = sorted(
        (reason for reason in fit.reasons if reason.verdict != "none"),
        key=lambda reason: (reason.verdict != "full", FIRST.index(reason.kind)),
    )
    return [line for reason in rows if (line := reason_line(reason))]


def reason_line(reason: Reason) -> str:
    """Empty where the reason says only that something is unknown: `lack_sentence` says that."""
    return _SAY[reason.kind](reason.params, reason.verdict)


def lack_sentence(lack: Lack, fit: Fit) -> str:
    """What to check before asking this supplier."""
    params: dict[str, Any] = {}
    for reason in fit.reasons:
        if reason.kind in ("area", "capacity"):
            params |= reason.params
    if lack == "elsewhere":
        serves = ", ".join(territory_label(token) for token in params.get("serves", []))
        return _("Livre ailleurs : %(serves)s.") % {"serves": serves}
    if lack in ("too_large", "near_ceiling"):
        declared = format_money(params["capacity"])
        if lack == "too_large":
            return _("Contrat au-dessus du plafond déclaré de %(capacity)s.") % {"capacity": declared}
        return _("Contrat près du plafond déclaré de %(capacity)s, à vérifier.") % {"capacity": declared}
    return {
        "authorisation": _("Autorisation non déclarée (AMP, RBQ) : vérifiez si ce contrat l’exige."),
        "area_unknown": _("Territoire desservi non précisé, à vérifier."),
        "capacity_unknown": _("Capacité par contrat non précisée, à vérifier."),
        "unverified": _("Fiche non vérifiée par un pôle."),
    }[lack]


def _offer(params: dict[str, Any]) -> str:
    return Truncator(params["offer"]).chars(80) if params.get("offer") else ""


def _say_code(params: dict[str, Any], verdict: str) -> str:
    lines = {
        "same": _("Offre sous le même code UNSPSC (%(code)s) : « %(offer)s »"),
        "under": _("Offre comprise dans le code demandé (%(code)s) : « %(offer)s »"),
        "above": _("Offre plus large que le code demandé (%(code)s) : « %(offer)s »"),
        "class": _("Offre de la même classe UNSPSC : « %(offer)s »"),
        "family": _("Offre de la même famille UNSPSC : « %(offer)s »"),
    }
    line = lines.get(params["level"], "")
    return line % {"code": params["code"].ljust(8, "0"), "offer": _offer(params)}


def _say_text(params: dict[str, Any], verdict: str) -> str:
    words = {"words": ", ".join(params["words"]), "offer": _offer(params)}
    if params["where"] == "offer" and verdict == "full":
        return _("Les mêmes mots dans son offre « %(offer)s » : %(words)s") % words
    if params["where"] == "offer":
        return _("Des mots du besoin dans son offre « %(offer)s » : %(words)s") % words
    if params["where"] == "name":
        return _("Des mots du besoin dans son nom : %(words)s") % words
    return _("Des mots du besoin dans sa fiche : %(words)s") % words


def _say_meaning(params: dict[str, Any], verdict: str) -> str:
    words = {"words": meant_words(params), "offer": _offer(params)}
    if params["where"] == "offer":
        return _("Le même métier dans son offre « %(offer)s » : %(words)s") % words
    return _("Son métier, dit en d’autres mots : %(words)s") % words


def _say_area(params: dict[str, Any], verdict: str) -> str:
    where = delivery_phrase(params["region"], params["mrc"])
    mrc = territory_label(params["mrc"]) if params["mrc"] else ""
    lines = {
        "quebec": _("%(where)s : elle dessert tout le Québec"),
        "quebec_unknown": _("Elle dessert tout le Québec"),
        "region": _("%(where)s : elle dessert toute la région"),
        "mrc": _("%(where)s : elle dessert ce territoire"),
        "in_part": _("%(where)s : elle dessert une partie de la région"),
    }
    line = lines.get(params["case"], "") % {"where": where, "mrc": mrc}
    if line and params.get("km"):
        km = params["km"] if params["km"] < 10 else round(params["km"] / 5) * 5
        line = _("%(line)s; siège à environ %(km)s km") % {"line": line, "km": format_number(km)}
    return line


def _say_capacity(params: dict[str, Any], verdict: str) -> str:
    if verdict != "full":
        return ""
    return _("Capacité déclarée : %(capacity)s par contrat") % {"capacity": format_money(params["capacity"])}


def _say_past(params: dict[str, Any], verdict: str) -> str:
    past = params["named"][0]
    title = _("« %(title)s »") % {"title": Truncator(past["title"]).chars(90)}
    named = ", ".join(part for part in (title, past["buyer"], str(past["year"] or "")) if part)
    if verdict == "full":
        return _("Contrat semblable obtenu : %(named)s") % {"named": named}
    return _("Soumission semblable : %(named)s") % {"named": named}


def _say_buyer(params: dict[str, Any], verdict: str) -> str:
    count = params["won"] or params["bids"]
    if params["won"]:
        line = ngettext(
            "Déjà %(n)s contrat avec votre institution", "Déjà %(n)s contrats avec votre institution", count
        )
    else:
        line = ngettext("A soumissionné %(n)s fois chez vous", "A soumissionné %(n)s fois chez vous", count)
    return line % {"n": format_number(count)}


def _say_beside(params: dict[str, Any], verdict: str) -> str:
    return _("Soumissionne aux mêmes avis que des entreprises qui ont obtenu un contrat semblable")


def _say_procedure(params: dict[str, Any], verdict: str) -> str:
    return _("%(method)s\u00a0: elle connaît cette façon d’acheter") % {"method": METHODS[params["method"]]}


_SAY = {
    "code": _say_code,
    "meaning": _say_meaning,
    "text": _say_text,
    "area": _say_area,
    "capacity": _say_capacity,
    "past": _say_past,
    "buyer": _say_buyer,
    "beside": _say_beside,
    "procedure": _say_procedure,
}
