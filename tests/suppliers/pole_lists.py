"""A pôle's list as it may have been typed, made from registry rows: one way of writing a name after another.

The ways were written before the score of `suppliers.neq_proposals` was tuned, and are not those it was tuned on one by
one: a list mixes them. Everything is drawn from the generator that is handed over.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from marketplace.web.folding import fold_text

LEGAL = re.compile(
    r"\b(inc\.?|ltée|limitée|corporation( de| du| des)?|coop(érative)? de (solidarité|travail|travailleurs|consommateurs)"
    r"|coopérative( d['’]| de)?|organisme( de| d['’])?|(l['’])?association (des|de|du|d['’])|les? club (de|des|du)?)",
    re.IGNORECASE,
)
LITTLE = {
    "de",
    "du",
    "des",
    "la",
    "le",
    "les",
    "l",
    "d",
    "et",
    "a",
    "au",
    "aux",
    "en",
    "pour",
    "inc",
    "sur",
    "un",
    "une",
}
SHORT = {
    "centre de la petite enfance": "CPE", "maison des jeunes": "MDJ", "maison de jeunes": "MDJ",
    "centre d'action bénévole": "CAB", "office municipal d'habitation": "OMH", "habitations à loyer modique": "HLM",
    "coopérative": "Coop", "saint-": "St-", "sainte-": "Ste-", "trois-rivières": "T-R", "société": "Soc.",
    "association": "Assoc.", "régionale": "rég.", "développement": "dév.", "communautaire": "comm.",
}  # fmt: skip
#: Sectors and habits; the rest is written without accents or with « St ».
TOWNS = {
    "trois rivieres": ("Trois-Rivieres", "TROIS-RIVIÈRES", "Trois Rivières (Québec)", "Cap-de-la-Madeleine", "Trois-Rivières-Ouest", "Pointe-du-Lac", "T-R"),
    "shawinigan": ("SHAWINIGAN", "Grand-Mère", "Shawinigan-Sud", "Ville de Shawinigan", "Saint-Georges-de-Champlain"),
    "la tuque": ("LaTuque", "LA TUQUE, QC", "La Tuque"),
}  # fmt: skip


@dataclass(frozen=True)
class ListedName:
    """One row of the list; `neq` is that of the registry row it was made from, empty where the registry lacks it."""

    way: str
    name: str
    town: str
    postal_code: str
    neq: str


def retype_without_legal_words(name: str, rng: random.Random) -> str:
    shorter = " ".join(LEGAL.sub(" ", name).split()).strip(" ,.-'’")
    return shorter if len(fold_text(shorter)) > 3 else name


def retype_with_capitals(name: str, rng: random.Random) -> str:
    return fold_text(name).title() if rng.random() < 0.5 else name.capitalize()


def retype_with_article_behind(name: str, rng: random.Random) -> str:
    found = re.match(r"(les|le|la|l['’])\s*(.+)", name, re.IGNORECASE)
    return f"{found[2]} ({found[1].strip().title()})" if found else f"Le {name.title()}"


def retype_with_slips(name: str, rng: random.Random) -> str:
    letters = list(name.title())
    for _slip in range(1 if len(letters) < 16 else 2):
        at = rng.randrange(1, len(letters) - 1)
        kind = rng.random()
        if kind < 0.35:
            letters[at], letters[at - 1] = letters[at - 1], letters[at]
        elif kind < 0.7:
            del letters[at]
        else:
            letters[at] = rng.choice("aeioustrnl")
    return "".join(letters)


def initials_of(name: str) -> str:
    said = re.search(r"\(\s*((?:[A-ZÉ]\.?\s?){3,9})\s*\)", name)
    if said:
        return re.sub(r"[^A-ZÉ]", "", said[1])
    return "".join(word[0] for word in fold_text(name).split() if word not in LITTLE).upper()


def retype_as_initials(name: str, rng: random.Random) -> str:
    initials = initials_of(name)
    return initials if len(initials) >= 4 else name.title()


def retype_with_initials(name: str, rng: random.Random) -> str:
    initials = initials_of(name)
    plain = re.sub(r"\([^)]*\)", "", name).strip()
    if len(initials) < 3:
        return plain
    return f"{plain.title()} ({initials})" if rng.random() < 0.6 else f"{initials} - {plain.title()}"


def retype_shortened(name: str, rng: random.Random) -> str:
    for long, short in SHORT.items():
        name = re.sub(re.escape(long), short, name, flags=re.IGNORECASE)
    return name


def retype_with_more(name: str, rng: random.Random) -> str:
    more = rng.choice(
        (
            " Mauricie",
            ", OBNL",
            " (organisme à but non lucratif)",
            " - coopérative de solidarité",
            " et services",
        )
    )
    return name.title() + more


def retype_first_words(name: str, rng: random.Random) -> str:
    """Long names are cut: the first words that say something."""
    words = re.sub(r"\([^)]*\)", "", name).split()
    return " ".join(words[: max(3, len(words) // 2 + 1)]).title().rstrip(",-'")


def retype_distinctive_words(name: str, rng: random.Random) -> str:
    """What people say in conversation: the two or three longest words."""
    words = [word for word in name.split() if fold_text(word) not in LITTLE]
    longest = sorted(words, key=len, reverse=True)[:2]
    return " ".join(word for word in words if word in longest).title().strip(",.()-")


def retype_as_brand(name: str, rng: random.Random) -> str:
    """Quite another name, as a shop's sign is: nothing of it stands in the registry's."""
    return rng.choice(("Boutique", "Atelier", "Bistro", "Studio", "Espace")) + " " + rng.choice(
        ("Papyrus", "Zénith", "Tournesol", "Kaléido", "Mandarine", "Graffiti", "Pollen", "Cumulus", "Ritournelle", "Quinquet")
    )  # fmt: skip


def retype_as_is(name: str, rng: random.Random) -> str:
    return name


WAYS: dict[str, tuple[Callable[[str, random.Random], str], int]] = {
    "as it is": (retype_as_is, 3),
    "without legal words": (retype_without_legal_words, 4),
    "capitals, accents": (retype_with_capitals, 3),
    "article behind": (retype_with_article_behind, 2),
    "slips of the finger": (retype_with_slips, 3),
    "initials only": (retype_as_initials, 2),
    "initials beside": (retype_with_initials, 3),
    "abbreviated": (retype_shortened, 3),
    "more words": (retype_with_more, 2),
    "first words": (retype_first_words, 2),
    "what people say": (retype_distinctive_words, 2),
    "another name": (retype_as_brand, 1),
}


def retype_town(town: str, rng: random.Random) -> str:
    town = re.sub(r"\s*\(Qu[ée]bec\)", "", town)
    chance = rng.random()
    if chance < 0.4:
        return town
    if chance < 0.5:
        return ""
    if fold_text(town) in TOWNS:
        return rng.choice(TOWNS[fold_text(town)])
    return re.sub(r"Saint(e?)-", r"St\1-", fold_text(town).title() if chance < 0.7 else town)


def retype_postal_code(code: str, rng: random.Random) -> str:
    chance = rng.random()
    if chance < 0.4 or len(code) != 6:
        return ""
    return f"{code[:3]} {code[3:]}".lower() if chance < 0.7 else code


def make_pole_list(
    registry: list[dict[str, str]], *, rows: int, absent: int, seed: int
) -> tuple[list[ListedName], list[dict[str, str]]]:
    """A list of `rows` names that the registry has and `absent` real ones taken out of it, with what stays of the registry."""
    rng = random.Random(seed)
    chosen = rng.sample(registry, rows + absent)
    out = {row["NEQ"] for row in chosen[rows:]}
    ways = list(WAYS)
    weights = [WAYS[way][1] for way in ways]
    listed = []
    for row in chosen:
        way = rng.choices(ways, weights)[0]
        town = row["Municipalite"] if "Qu" in row["Municipalite"] else row["Adresse_Lign3"]
        listed.append(
            ListedName(
                way=way,
                name=WAYS[way][0](row["NomEntreprise"], rng),
                town=retype_town(town, rng),
                postal_code=retype_postal_code(row["CodePostal"], rng),
                neq="" if row["NEQ"] in out else row["NEQ"],
            )
        )
    rng.shuffle(listed)
    return listed, [row for row in registry if row["NEQ"] not in out]
