"""The words of a notice's title, and what the words around a name say: a place is meant, or a thing named after it.

Works on text alone; what the names stand for is for `title_places`.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from marketplace.territories.spelling import LONG
from marketplace.web.folding import fold_text

Gap = Literal["apostrophe", "hyphen", "loose", "space", "stop"]
Weight = Literal["sure", "likely", "thing"]


class Word(NamedTuple):
    key: str  # folded, « St » in full
    is_name: bool  # begins with a capital or a digit, or nothing in the title does
    gap: Gap  # what parts it from the word before
    stop: str  # the punctuation of that gap
    depth: int  # how many brackets it stands in


class Mention(NamedTuple):
    """A territory's name in a title, at words [start, end); `weight` says how sure it is that a place is meant."""

    key: str
    start: int
    end: int
    weight: Weight
    lead: str  # the word before it, small ones apart; "(" behind a bracket
    group: int  # where the list begins that it stands in: « (Lévis, Scott et Laval) », « Laurentides-Lanaudière »
    is_of_many: bool = False  # behind a plural: « routes de la Mauricie »
    is_aside: bool = False  # alone in brackets, or the last behind a comma


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Behind one of these, small words apart, a name is that of a thing: « rue de Montréal », « école Saint-Jean ».
THINGS = _words(
    "allee allees anse auditorium aut autoroute autoroutes av ave avenue avenues baie barrage bassin bd bibliotheque "
    "blvd boise boul boulevard boulevards canal carrefour cathedrale centrale ch chapelle chaussee chemin chemins "
    "chute chutes circuit college colleges complexe cote croissant detroit digue domaine echangeur ecole ecoles "
    "edifice edifices eglise fleuve fondation foret foyer golfe habitations ile iles immeuble impasse institut lac "
    "lacs ligne maison maisons manoir marais mont montagne montee monts monument parc parcs passerelle pavillon "
    "pavillons place plaine plaza pointe pont ponts promenade rang rangs reserve residence residences riviere "
    "rivieres route routes rte rue ruelle rues ruisseau ruisseaux salle square terrasse theatre tour tunnel tunnels "
    "universite vallee viaduc"
)
#: A name behind one of these is the place itself: « territoire de l’Estrie ».
KINDS = _words(
    "agglomeration arr arrondissement arrondissements campus canton cantons cite city comte communaute cs dg direction "
    "dt localite mrc mrcs mun municipalite municipalites municipality paroisse quartier region regions secteur "
    "secteurs territoire territoires town village villages ville villes"
)
CONTRACTED = {"au": "le", "du": "le", "aux": "les", "des": "les"}
OF = _words("d de des du of")
AT = _words("a at in")
WITHIN = _words("dans en sur")
AND = _words("and et or ou")
SMALL = OF | _words(
    "l la le les the faunique faunistique industriel lineaire municipal national nationale provincial regional"
)
#: Where « Québec » behind « du » or one of these is the province.
OF_ALL = _words("au etat gouvernement le province")
_LISTED = (",", "/", "&", ";")
_DASHES = ("-", "–", "—")
SHORT = {**LONG, "mtl": "montreal"}

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"['’‘´`]\s?")
_HYPHEN = re.compile(r"\.?[-\u2010\u2011\u2013]")
_LOOSE_HYPHEN = re.compile(r"\.?(?:\s-|-\s)")
_DOT = re.compile(r"\.\s?")


def split_title(title: str) -> list[Word]:
    """The words of a title with what parts them; a last empty one shows how it ends."""
    is_caseless = title == title.upper() or title[1:] == title[1:].lower()
    words: list[Word] = []
    end = depth = 0
    for match in _WORD.finditer(title):
        between = title[end : match.start()]
        depth = max(0, depth + between.count("(") - between.count(")"))
        gap = _gap(between, words[-1].key) if words else "stop"
        stop = between.strip() if gap in ("stop", "loose") else ""
        folded = fold_text(match.group())
        is_name = is_caseless or match.group()[0].isupper() or match.group()[0].isdigit()
        words.append(Word(SHORT.get(folded, folded), is_name, gap, stop, depth))
        end = match.end()
    words.append(Word("", False, "stop", title[end:].strip(), 0))
    return words


def _gap(between: str, word_before: str) -> Gap:
    if between.isspace() or (word_before in LONG.values() and _DOT.fullmatch(between)):
        return "space"
    if _APOSTROPHE.fullmatch(between):
        return "apostrophe"
    if _HYPHEN.fullmatch(between):
        return "hyphen"
    return "loose" if _LOOSE_HYPHEN.fullmatch(between) else "stop"


def read_key(words: list[Word], at: int, end: int) -> str:
    """The name that words [at, end) spell: « au Bic » is « le bic »."""
    first = words[at].key
    return " ".join([CONTRACTED.get(first, first), *(word.key for word in words[at + 1 : end])])


def weigh_mention(words: list[Word], at: int, end: int, before: Mention | None) -> Mention:
    """What the words around a name say of it; `before` is the name before it in the title."""
    key = read_key(words, at, end)
    start, gap, stop = at, words[at].gap, words[at].stop
    if gap == "hyphen" and before and before.end == at:  # « Laurentides-Lanaudière »
        return before._replace(key=key, start=at, end=end)
    preposition = words[at].key if words[at].key in CONTRACTED else ""
    while gap not in ("stop", "loose") and start and words[start - 1].key in SMALL:
        start -= 1
        preposition = words[start].key
        gap, stop = words[start].gap, words[start].stop
    is_in_brackets = words[at].depth > 0
    if gap in ("stop", "loose"):
        if "(" in stop or "[" in stop:
            return Mention(key, at, end, "sure", "(", at, is_aside=words[end].stop.startswith((")", "]")))
        listed = stop in _LISTED or (stop in _DASHES and is_in_brackets)
        is_aside = stop == "," and words[end].stop[:1] in ("", ")", ".", *_DASHES)
        if before and before.end == start and listed:
            return before._replace(key=key, start=at, end=end, is_aside=is_aside)
        weight: Weight = "sure" if listed and is_in_brackets else _weight_of_segment(words, start, end, stop)
        return Mention(key, at, end, weight, stop, at, is_aside=is_aside)
    lead = words[start - 1].key
    follows = before is not None and before.end == start - 1
    if before and follows and lead in AND:
        return before._replace(key=key, start=at, end=end, is_aside=False)
    # « de Saint-Jacques à Saint-Antoine » are the ends of a work: streets more often than towns.
    is_end = before is not None and follows and before.weight == "likely"
    weight = "sure" if lead in AND and is_in_brackets else _weight_behind(key, lead, preposition, is_end)
    is_of_many = lead in THINGS and lead.endswith("s") and preposition in OF
    return Mention(key, at, end, weight, lead, at, is_of_many=is_of_many)


def _weight_behind(key: str, lead: str, preposition: str, is_end: bool) -> Weight:
    if key == "quebec" and (preposition in ("du", "le") or lead in OF_ALL):
        return "thing"  # the province
    if lead in THINGS or (key.startswith("saint ") and preposition in ("au", "du", "le")):
        return "thing"  # « le Saint-Laurent » is the river
    if lead in KINDS or lead in WITHIN:
        return "sure"
    if preposition in ("au", "aux") or lead in AT:
        return "likely" if is_end else "sure"
    return "likely" if preposition in OF or lead in ("au", "aux", "entre") else "thing"


def _weight_of_segment(words: list[Word], start: int, end: int, stop: str) -> Weight:
    """« Matane - Réfection de la toiture », « Entretien ménager, Val-d’Or »: a name alone between two stops."""
    if words[end].gap not in ("stop", "loose"):
        return "thing"
    if stop == ",":  # « routes 277, de l’Église, Sainte-Thérèse »
        for word in reversed(words[:start]):
            if word.key in THINGS:
                return "thing"
            if word.stop not in ("", ","):
                break
    return "likely"
