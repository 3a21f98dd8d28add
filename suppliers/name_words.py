"""The names of organisations as words that can be compared: folded, abbreviations written out, initials read. Pure."""

from __future__ import annotations

import functools
import re

from marketplace.web.folding import fold_text

LITTLE = frozenset(
    [
        "a",
        "au",
        "aux",
        "avec",
        "ce",
        "ces",
        "chez",
        "d",
        "dans",
        "de",
        "des",
        "du",
        "en",
        "entre",
        "et",
        "l",
        "la",
        "le",
        "les",
        "leur",
        "leurs",
        "ou",
        "par",
        "pour",
        "s",
        "ses",
        "son",
        "sa",
        "sous",
        "sur",
        "un",
        "une",
    ]
)
LEGAL = frozenset(
    [
        "inc",
        "incorporee",
        "ltee",
        "limitee",
        "corporation",
        "corp",
        "enr",
        "cie",
        "compagnie",
        "cooperative",
        "solidarite",
        "travail",
        "travailleurs",
        "consommateurs",
        "producteurs",
        "obnl",
        "osbl",
        "obl",
        "organisme",
        "organisation",
        "but",
        "non",
        "lucratif",
        "association",
        "societe",
        "groupe",
        "regroupement",
    ]
)
#: Written out before anything is compared; a word alone, whatever stands beside it.
LONG = {
    "st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "mt": "mont", "nd": "notre dame", "coop": "cooperative",
    "coops": "cooperative", "cooperatives": "cooperative", "assoc": "association", "ass": "association", "asso": "association",
    "soc": "societe", "reg": "regional", "dev": "developpement", "comm": "communautaire", "corpo": "corporation",
    "cpe": "centre petite enfance", "mdj": "maison jeunes", "cab": "centre action benevole", "omh": "office municipal habitation",
    "cdc": "corporation developpement communautaire", "cje": "carrefour jeunesse emploi", "hlm": "habitation loyer modique",
    "mdf": "maison famille", "sadc": "societe aide developpement collectivite", "cfp": "centre femmes",
    "tr": "trois rivieres", "t r": "trois rivieres", "ctre": "centre", "intl": "international", "int": "international",
    "fond": "fondation", "synd": "syndicat", "univ": "universite", "dr": "docteur", "no": "numero",
}  # fmt: skip
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.\s?){2,}[^\W\d_]?\b\.?")
_PARENTHESES = re.compile(r"\(([^)]*)\)?")
YEAR = re.compile(r"(?:19|20)\d\d")
ARTICLES = frozenset(("la", "le", "les", "l", "the"))
#: Bodies that bear the name of another one: « Fondation du Cégep » is not the cégep.
OTHER_BODIES = frozenset(
    [
        "fondation",
        "syndicat",
        "ami",
        "fond",
        "union",
        "federation",
        "fabrique",
        "auxiliaire",
        "section",
        "employe",
        "etudiant",
        "parent",
        "locataire",
        "retraite",
        "ancien",
    ]
)


def undot(name: str) -> str:
    """« C.T.A.M. » is « CTAM »: initials are one word."""
    return _DOTTED.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", name)


@functools.lru_cache(maxsize=50_000)
def name_words(name: str) -> tuple[str, ...]:
    """What is compared: folded words without articles, abbreviations written out, a plural as its singular, none twice."""
    words: list[str] = []
    for word in re.sub(r"\bt r\b", "tr", fold_text(name)).split():
        words += LONG.get(word, word).split()
    return tuple(dict.fromkeys(_singular(word) for word in words if word not in LITTLE))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word[-1] in "sx" and not word.endswith("ss") else word


#: What a name may have or lack and still be the same.
ENDINGS = frozenset(
    "inc incorporee ltee limitee enr obnl osbl obl cooperative solidarite travail travailleur consommateur producteur".split()  # noqa: SIM905 (a list of words is read as one)
)
LEGAL_WORDS = frozenset(_singular(word) for word in LEGAL) | LEGAL


def name_readings(name: str) -> tuple[str, ...]:
    """The name, and without what stands in parentheses, and what stands there; a name in two languages is each of them."""
    name = undot(name)
    inside = [said for said in _PARENTHESES.findall(name) if len(fold_text(said)) > 2]
    outside = _PARENTHESES.sub(" ", name)
    halves = re.split(r"\s*/\s*|\s+[-–—|]\s+", outside) if re.search(r"/|\s[-–—|]\s", outside) else []
    parts = [said for said in [*inside, *halves] if len(set(name_words(said)) - LEGAL_WORDS) > 1]
    return tuple(dict.fromkeys(text for text in [name, outside, *parts] if name_words(text)))


def stated_initials(name: str) -> set[str]:
    """Initials that stand for the name: all of it, in parentheses, or beside it after a dash. « U.P.A. » among words is a word."""
    name = undot(name).strip(" .")
    pieces = [*_PARENTHESES.findall(name), *re.split(r"\s+[-–—|:]\s+", _PARENTHESES.sub(" ", name))]
    found = {
        fold_text(re.sub(r"-\d+$", "", piece.strip()))
        for piece in pieces
        if re.fullmatch(r"[A-ZÉÈ]{3,9}(-\d+)?", piece.strip())
    }
    return {text for text in found if 3 <= len(text) <= 9}


def made_initials(name: str) -> set[str]:
    """What the words of a name begin with, with its legal words and without; from four letters on."""
    words = [word for word in fold_text(_PARENTHESES.sub(" ", undot(name))).split() if word not in LITTLE]
    whole = "".join(word[0] for word in words if word not in ("inc", "ltee"))
    return {whole} if 4 <= len(whole) <= 9 else set()


@functools.lru_cache(maxsize=200_000)
def word_likeness(a: str, b: str) -> float:
    """0 to 1: 1 where equal, less for a slip or two in a long word, 0.7 where one is the other cut short."""
    if a == b:
        return 1.0
    short, long = sorted((a, b), key=len)
    if len(short) < 4 or short.isdigit() or long.isdigit():
        return 0.0
    if len(short) >= 5 and (edits := _edits(short, long, 1 if len(short) < 8 else 2)) is not None:
        return 1 - 1.5 * edits / len(long)
    return 0.7 if len(long) >= len(short) + 2 and long.startswith(short) else 0.0


def _edits(a: str, b: str, most: int) -> int | None:
    """Letters added, dropped, changed or swapped with their neighbour; None beyond `most`."""
    if len(b) - len(a) > most:
        return None
    before, row = [], list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        before, row, above = row, [i], before
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None


@functools.lru_cache(maxsize=50_000)
def letter_trigrams(words: tuple[str, ...]) -> frozenset[str]:
    text = "".join(words)
    return frozenset(text[i : i + 3] for i in range(len(text) - 2)) or frozenset({text})


def one_letter_less(word: str) -> set[str]:
    """The word and what it is with any one letter gone: two words a slip apart share one of them."""
    if len(word) < 5:
        return set()
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}
