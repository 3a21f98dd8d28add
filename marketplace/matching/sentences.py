"""Reasons in sentences, in the active language: what the notice asks, what the supplier has.

No praise and no ruling: facts that the supplier declares and from public awards, and what is to be checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.classification.labels import code_label
from marketplace.classification.lexicon.reading import read_lexicon
from marketplace.territories.labels import region_names, territory_label
from marketplace.web.typography import format_money, format_number

StoredReason = Mapping[str, Any]

# French wants « en Mauricie » but « au Bas-Saint-Laurent ».
DELIVERIES = {
    "01": gettext_lazy("Livraison au Bas-Saint-Laurent"),
    "02": gettext_lazy("Livraison au Saguenay–Lac-Saint-Jean"),
    "03": gettext_lazy("Livraison dans la Capitale-Nationale"),
    "04": gettext_lazy("Livraison en Mauricie"),
    "05": gettext_lazy("Livraison en Estrie"),
    "06": gettext_lazy("Livraison à Montréal"),
    "07": gettext_lazy("Livraison en Outaouais"),
    "08": gettext_lazy("Livraison en Abitibi-Témiscamingue"),
    "09": gettext_lazy("Livraison sur la Côte-Nord"),
    "10": gettext_lazy("Livraison dans le Nord-du-Québec"),
    "11": gettext_lazy("Livraison en Gaspésie ou aux Îles-de-la-Madeleine"),
    "12": gettext_lazy("Livraison en Chaudière-Appalaches"),
    "13": gettext_lazy("Livraison à Laval"),
    "14": gettext_lazy("Livraison dans Lanaudière"),
    "15": gettext_lazy("Livraison dans les Laurentides"),
    "16": gettext_lazy("Livraison en Montérégie"),
    "17": gettext_lazy("Livraison au Centre-du-Québec"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """`asks` is the left side; `lead` and `detail` the right one, the lead standing out."""

    asks: str
    lead: str
    detail: str = ""

    @property
    def answers(self) -> str:
        return f"{self.lead} {self.detail}".strip()


def reason_sentence(reason: StoredReason) -> Sentence:
    """The row of the vis-à-vis for a stored reason."""
    return _SAY[reason["kind"]](reason["params"], reason["verdict"])


def short_reason(reason: StoredReason) -> str:
    """One line that stands alone, without a final stop: for mails and lists."""
    return _SHORT[reason["kind"]](reason["params"], reason["verdict"])


def _digits(prefix: str) -> str:
    """People know codes by their eight digits."""
    return prefix.ljust(8, "0")


def _offer(params: StoredReason) -> str:
    return Truncator(params["offer"]).chars(80)


def _say_code(params: StoredReason, verdict: str) -> Sentence:
    code = _digits(params["code"])
    label = code_label(code)
    asks = f"{label} {code}" if label else _("Code UNSPSC %(code)s") % {"code": code}
    level = params["level"]
    if level == "none":
        return Sentence(asks, _("Aucune offre sous ce code."), _("Vos offres portent d’autres codes UNSPSC."))
    if level == "no_codes":
        return Sentence(asks, _("Rien dans votre fiche."), _("Vos offres ne portent aucun code UNSPSC."))
    offered = _digits(params["offer_code"])
    words = {"offer": _offer(params), "label": code_label(offered) or offered, "code": offered}
    leads = {
        "same": (_("La même offre."), _("« %(offer)s », même code UNSPSC.")),
        "under": (_("Une offre comprise dans ce code."), _("« %(offer)s », %(label)s %(code)s.")),
        "above": (_("Une offre plus large."), _("« %(offer)s », %(label)s %(code)s.")),
        "class": (_("Une offre voisine."), _("« %(offer)s », même classe UNSPSC.")),
        "family": (_("Une offre de la même famille."), _("« %(offer)s », même famille UNSPSC.")),
    }
    lead, detail = leads[level]
    return Sentence(asks, lead, detail % words)


def _short_code(params: StoredReason, verdict: str) -> str:
    sentences = {
        "same": _("Même code UNSPSC que votre offre « %(offer)s » (%(code)s)"),
        "under": _("Votre offre « %(offer)s » est comprise dans le code demandé (%(code)s)"),
        "above": _("Votre offre « %(offer)s » comprend le code demandé (%(code)s)"),
        "class": _("Même classe UNSPSC que votre offre « %(offer)s »"),
        "family": _("Même famille UNSPSC que votre offre « %(offer)s »"),
        "none": _("Aucune de vos offres ne porte le code demandé (%(code)s)"),
        "no_codes": _("Vos offres ne portent aucun code UNSPSC"),
    }
    words = {"code": _digits(params["code"]), "offer": _offer(params) if params.get("offer") else ""}
    return sentences[params["level"]] % words


def _say_text(params: StoredReason, verdict: str) -> Sentence:
    words = ", ".join(params["words"])
    asks = _("Dans le titre : %(words)s") % {"words": words}
    lead = _("Les mêmes mots.") if verdict == "full" else _("Un titre voisin.")
    details = {
        "offer": _("Votre offre « %(offer)s »."),
        "activity": _("Ils sont dans votre fiche."),
        "name": _("Ils sont dans votre nom."),
    }
    detail = details[params["where"]]
    if params["where"] == "offer":
        detail %= {"offer": _offer(params)}
    if params.get("no_code"):
        detail = " ".join([detail, _("L’avis ne publie aucun code.")])
    return Sentence(asks, lead, detail)


def _short_text(params: StoredReason, verdict: str) -> str:
    said = {"words": ", ".join(params["words"]), "offer": _offer(params) if params.get("offer") else ""}
    if params["where"] == "offer" and verdict == "full":
        line = _("Mêmes mots que votre offre « %(offer)s » : %(words)s")
    elif params["where"] == "offer":
        line = _("Titre voisin de votre offre « %(offer)s » : %(words)s")
    else:
        line = _("Des mots de votre fiche dans le titre : %(words)s")
    line %= said
    return _("%(line)s; aucun code publié") % {"line": line} if params.get("no_code") else line


def lesson_sentence(lesson: StoredReason) -> str:
    """« Vous avez dit que… », of a lesson's `kind`, `codes`, `meaning`, `km`, `region` and `amount`."""
    kind = lesson["kind"]
    if kind == "other_trade":
        return _("Vous avez dit que ce n’est pas votre métier : %(trade)s.") % {"trade": _trade(lesson)}
    if kind == "too_far" and lesson["km"] is not None:
        km = format_number(_rounded(lesson["km"]))
        return _("Vous avez dit que c’est trop loin : %(km)s km ou plus.") % {"km": km}
    if kind == "too_far":
        where = region_names().get(lesson["region"], lesson["region"])
        return _("Vous avez dit que c’est trop loin : %(region)s.") % {"region": where}
    amount = {"amount": format_money(lesson["amount"])}
    if kind == "too_large":
        return _("Vous avez dit que c’est trop gros pour vous : %(amount)s ou plus.") % amount
    return _("Vous avez dit que c’est trop petit pour vous : %(amount)s ou moins.") % amount


def _trade(lesson: StoredReason) -> str:
    meaning = read_lexicon().by_key.get(lesson["meaning"])
    if meaning:
        return meaning.name
    return ", ".join(code_label(code) or _digits(code) for code in lesson["codes"])


def _say_taught(params: StoredReason, verdict: str) -> Sentence:
    return Sentence(_("Ce que vous avez dit"), _("Compte moins pour vous."), lesson_sentence(params))


def _short_taught(params: StoredReason, verdict: str) -> str:
    return lesson_sentence(params).removesuffix(".")


def meant_words(params: StoredReason) -> str:
    """What the title names; where only a code says it, what the code is called."""
    if params["words"]:
        return ", ".join(params["words"])
    code = _digits(params.get("code", ""))
    return code_label(code) or code


def _say_meaning(params: StoredReason, verdict: str) -> Sentence:
    words = meant_words(params)
    asks = (_("Dans le titre : %(words)s") if params["words"] else _("Sous son code : %(words)s")) % {
        "words": words
    }
    lead = _("Le même métier.") if verdict == "full" else _("Un métier voisin.")
    if params["where"] == "offer":
        return Sentence(asks, lead, _("Votre offre « %(offer)s ».") % {"offer": _offer(params)})
    return Sentence(asks, lead, _("Votre fiche le dit en d’autres mots."))


def _short_meaning(params: StoredReason, verdict: str) -> str:
    said = {"words": meant_words(params), "offer": _offer(params) if params.get("offer") else ""}
    if params["where"] == "offer" and verdict == "full":
        return _("Même métier que votre offre « %(offer)s » : %(words)s") % said
    if params["where"] == "offer":
        return _("Métier voisin de votre offre « %(offer)s » : %(words)s") % said
    return _("Votre métier, dit en d’autres mots : %(words)s") % said


def delivery_phrase(region: str, mrc: str) -> str:
    """« Livraison en Mauricie (Trois-Rivières) »; without a region, that it is unknown."""
    if region not in DELIVERIES:
        return _("Lieu de livraison inconnu")
    phrase = str(DELIVERIES[region])
    name = territory_label(mrc) if mrc else ""
    # Montréal and Laval are a region and its only territory.
    return f"{phrase} ({name})" if name and name not in phrase else phrase


def _say_area(params: StoredReason, verdict: str) -> Sentence:
    asks = delivery_phrase(params["region"], params["mrc"])
    mrc = territory_label(params["mrc"]) if params["mrc"] else ""
    serves = ", ".join(territory_label(token) for token in params.get("serves", []))
    answers = {
        "quebec": (_("Votre territoire."), _("Vous desservez tout le Québec.")),
        "quebec_unknown": (_("Tout le Québec."), _("Vous le desservez; l’avis n’indique pas où livrer.")),
        "region": (_("Votre territoire."), _("Vous desservez toute la région.")),
        "mrc": (_("Votre territoire."), _("Vous desservez ce territoire : %(mrc)s.") % {"mrc": mrc}),
        "in_part": (
            _("Une partie de la région."),
            _("Vous desservez %(serves)s; l’avis ne nomme pas de MRC.") % {"serves": serves},
        ),
        "unknown": (_("Région non précisée, à vérifier."), _("L’avis n’indique pas où livrer.")),
        "undeclared": (_("Rien dans votre fiche."), _("Elle n’indique pas quel territoire vous desservez.")),
        "elsewhere": (_("Hors de votre territoire."), _("Vous desservez %(serves)s.") % {"serves": serves}),
    }
    lead, detail = answers[params["case"]]
    if params.get("km"):
        distance = _("Votre siège est à environ %(km)s km.") % {"km": format_number(_rounded(params["km"]))}
        detail = f"{detail} {distance}"
    return Sentence(asks, lead, detail)


def _rounded(km: int) -> int:
    """No more exact than the centre of an MRC allows."""
    return km if km < 10 else round(km / 5) * 5


def _short_area(params: StoredReason, verdict: str) -> str:
    where = {"where": delivery_phrase(params["region"], params["mrc"])}
    lines = {
        "quebec": _("%(where)s, dans votre territoire"),
        "quebec_unknown": _("Région non précisée; vous desservez tout le Québec"),
        "region": _("%(where)s, dans votre territoire"),
        "mrc": _("%(where)s, dans votre territoire"),
        "in_part": _("%(where)s, en partie dans votre territoire"),
        "unknown": _("Région non précisée, à vérifier"),
        "undeclared": _("%(where)s; votre fiche n’indique pas quel territoire vous desservez"),
        "elsewhere": _("%(where)s, hors de votre territoire"),
    }
    return lines[params["case"]] % where


def _say_capacity(params: StoredReason, verdict: str) -> Sentence:
    asks = _("Contrat estimé à %(amount)s") % {"amount": format_money(params["amount"])}
    declared = _("Vous déclarez %(capacity)s par contrat.") % {"capacity": format_money(params["capacity"])}
    if verdict == "full":
        return Sentence(asks, _("Votre capacité suffit."), declared)
    if verdict == "part":
        return Sentence(
            asks, _("Près de votre plafond."), " ".join([declared, _("À vérifier avant de soumissionner.")])
        )
    return Sentence(asks, _("Au-dessus de votre plafond."), declared)


def _short_capacity(params: StoredReason, verdict: str) -> str:
    lines = {
        "full": _("Contrat estimé sous votre plafond de %(capacity)s"),
        "part": _("Contrat estimé près de votre plafond de %(capacity)s"),
        "none": _("Contrat estimé au-dessus de votre plafond de %(capacity)s"),
    }
    return lines[verdict] % {"capacity": format_money(params["capacity"])}


def _named(past: StoredReason) -> str:
    """« Bancs de parc », Ville de Longueuil, 2024."""
    parts = [
        _("« %(title)s »") % {"title": Truncator(past["title"]).chars(90)},
        past["buyer"],
        str(past["year"] or ""),
    ]
    return ", ".join(part for part in parts if part)


def _say_past(params: StoredReason, verdict: str) -> Sentence:
    asks = _("Expérience d’un contrat semblable")
    named = "; ".join(_named(past) for past in params["named"])
    if verdict == "full":
        won = params["won"]
        lead = ngettext("Vous en avez un.", "Vous en avez %(n)s.", won) % {"n": format_number(won)}
    else:
        bids = params["bids"]
        lead = ngettext("Vous avez soumissionné.", "Vous avez soumissionné %(n)s fois.", bids) % {
            "n": format_number(bids)
        }
    return Sentence(asks, lead, f"{named}.")


def _short_past(params: StoredReason, verdict: str) -> str:
    named = _named(params["named"][0])
    if verdict == "full":
        return _("Contrat semblable obtenu : %(named)s") % {"named": named}
    return _("Soumission semblable : %(named)s") % {"named": named}


def _say_buyer(params: StoredReason, verdict: str) -> Sentence:
    line = _short_buyer(params, verdict)
    return Sentence(params["buyer"], _("Un acheteur que vous connaissez."), f"{line}.")


def _short_buyer(params: StoredReason, verdict: str) -> str:
    count, since = params["won"] or params["bids"], params["since"]
    if params["won"]:
        line = ngettext("Vous y avez obtenu %(n)s contrat", "Vous y avez obtenu %(n)s contrats", count)
    else:
        line = ngettext("Vous y avez soumissionné %(n)s fois", "Vous y avez soumissionné %(n)s fois", count)
    line %= {"n": format_number(count)}
    if not since:
        return line
    if count == 1:
        return _("%(line)s en %(year)s") % {"line": line, "year": since}
    return _("%(line)s depuis %(year)s") % {"line": line, "year": since}


#: How each method is said; a public call is no reason.
METHODS = {
    "selective": gettext_lazy("Appel d’offres qualifié"),
    "limited": gettext_lazy("Marché sur invitation"),
    "direct": gettext_lazy("Marché de gré à gré"),
}


def _say_beside(params: StoredReason, verdict: str) -> Sentence:
    return Sentence(
        _("Expérience d’un contrat semblable"),
        _("Vous croisez qui en a une."),
        f"{_short_beside(params, verdict)}.",
    )


def _short_beside(params: StoredReason, verdict: str) -> str:
    return _("Vous soumissionnez aux mêmes avis que des entreprises qui ont obtenu un contrat semblable")


def _say_procedure(params: StoredReason, verdict: str) -> Sentence:
    return Sentence(
        str(METHODS[params["method"]]),
        _("Une façon d’acheter que vous connaissez."),
        _("Vous avez déjà un contrat obtenu ainsi, ou au moins deux soumissions."),
    )


def _short_procedure(params: StoredReason, verdict: str) -> str:
    return _("%(method)s\u00a0: vous connaissez cette façon d’acheter") % {
        "method": METHODS[params["method"]]
    }


_SAY = {
    "code": _say_code,
    "meaning": _say_meaning,
    "taught": _say_taught,
    "text": _say_text,
    "area": _say_area,
    "capacity": _say_capacity,
    "past": _say_past,
    "buyer": _say_buyer,
    "beside": _say_beside,
    "procedure": _say_procedure,
}
_SHORT = {
    "code": _short_code,
    "meaning": _short_meaning,
    "taught": _short_taught,
    "text": _short_text,
    "area": _short_area,
    "capacity": _short_capacity,
    "past": _short_past,
    "buyer": _short_buyer,
    "beside": _short_beside,
    "procedure": _short_procedure,
}
