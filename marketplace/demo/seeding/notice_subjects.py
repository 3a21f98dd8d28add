"""What public buyers of the demo ask for: some seventy subjects with their codes, texts, amounts and documents.

A subject (`data/notices/*.toml`) is of a `trade` of the demo's enterprises, or of none: asphalt, licences, audits. Its
texts are fragments (see `prose`); a range that stands twice in one notice is one number there. `amount` is dollars a
year, or for all where `once`; `years` are the durations; `award` is by price or by quality, then with `criteria`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log
from random import Random

from .french_names import VOWELS
from .prose import fragment
from .seed_data import FOLDER

_RANGE = re.compile(r"\{[\d.]+[-~][\d.]+\}")


@dataclass(frozen=True)
class Subject:
    """`buyers`: kinds of institution; `titles`: see `titles_for`; `documents`: « title|OCDS document type »."""

    key: str
    code: str
    category: str
    nature: str
    buyers: tuple[str, ...]
    amount: tuple[int, int]
    years: tuple[int, ...]
    titles: tuple[str, ...]
    purpose: str
    scope: tuple[str, ...]
    terms: tuple[str, ...]
    award: str
    documents: tuple[str, ...]
    trade: str = ""
    weight: int = 1
    once: bool = False
    site_visit: bool = False
    winter: bool = False
    criteria: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()

    def titles_for(self, kind: str) -> list[str]:
        """Those that such an institution would write: « municipality mrc > … » stands before what only they buy so."""
        cut = [title.rpartition(" > ") for title in self.titles]
        return [title for kinds, _bar, title in cut if not kinds or kind in kinds.split()]


def _read_subjects() -> Iterator[Subject]:
    for path in sorted((FOLDER / "notices").glob("*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["subject"]:
            yield Subject(**{key: tuple(v) if isinstance(v, list) else v for key, v in row.items()})


#: Their order decides what a seed draws.
SUBJECTS: tuple[Subject, ...] = tuple(_read_subjects())
SUBJECT_OF: dict[str, Subject] = {subject.key: subject for subject in SUBJECTS}

#: Places that each kind of institution has cared for, furnished, cleared of snow.
SITES: dict[str, tuple[str, ...]] = {
    "municipality": (
        "l’hôtel de ville", "la bibliothèque municipale", "le centre communautaire", "l’aréna", "le garage municipal",
        "la caserne", "le chalet des loisirs", "la salle de spectacle", "le centre récréatif", "la maison de la culture",
    ),
    "mrc": ("le siège de la MRC", "l’écocentre régional", "le parc régional", "le centre administratif", "l’aérodrome"),
    "school": (
        "l’école primaire du secteur nord", "l’école secondaire", "le centre d’éducation des adultes",
        "le centre de formation professionnelle", "le siège social", "l’école primaire du village", "l’école spécialisée",
    ),
    "health": (
        "le CHSLD du secteur est", "le CLSC", "la maison des aînés", "l’hôpital de jour", "le centre de réadaptation",
        "le centre administratif", "le CHSLD du centre-ville",
    ),
    "cegep": ("le pavillon principal", "le centre sportif", "la résidence étudiante", "le pavillon des sciences", "la bibliothèque"),
    "university": ("le pavillon des sciences", "la bibliothèque", "les résidences", "le centre sportif", "le pavillon des arts"),
    "ministry": ("le bureau régional", "l’édifice administratif", "le centre de services aux citoyens", "l’entrepôt des archives"),
    "state_enterprise": ("le poste d’accueil", "le centre d’interprétation", "la halte riveraine", "les ateliers"),
    "other": ("les Habitations du Verger", "l’immeuble de la rue des Saules", "les Jardins du Canal", "le siège de l’Office"),
}  # fmt: skip


#: Where a town's people meet and play.
LEISURE = ("l’aréna", "le centre récréatif", "le centre communautaire", "le chalet des loisirs")


@dataclass
class Wording:
    """Writes the fragments of one notice: its places, its years, and each of its numbers once."""

    rng: Random
    size: float
    words: dict[str, str]
    numbers: dict[str, str] = field(default_factory=dict)

    def write(self, text: str) -> str:
        fixed = _RANGE.sub(lambda found: self._number(found[0]), text)
        return fragment(fixed)(self.rng, self.words, self.size)

    def _number(self, token: str) -> str:
        if token not in self.numbers:
            self.numbers[token] = fragment(token)(self.rng, self.words, self.size)
        return self.numbers[token]


def notice_words(rng: Random, kind: str, first_year: int, years: int) -> dict[str, str]:
    """The places and years that fragments name: « 2027 », « 2027 et 2028 », « 2027 à 2029 »."""
    loisir = rng.choice(LEISURE)
    site, other = rng.sample(SITES.get(kind) or SITES["other"], 2)
    last = first_year + years - 1
    to = "et" if years == 2 else "à"
    winter, last_winter = (f"{year}-{year + 1}" for year in (first_year, last))
    return {
        "site": site,
        "de_site": _joined("de", site),
        "a_site": _joined("à", site),
        "site_2": other,
        "de_site_2": _joined("de", other),
        "a_site_2": _joined("à", other),
        "de_loisir": _joined("de", loisir),
        "a_loisir": _joined("à", loisir),
        "year": str(first_year),
        "years": str(first_year) if years == 1 else f"{first_year} {to} {last}",
        "winter": f"hiver {winter}",
        "winters": f"hiver {winter}" if years == 1 else f"hivers {winter} {to} {last_winter}",
        "summers": f"été {first_year}" if years == 1 else f"étés {first_year} {to} {last}",
    }


def _joined(preposition: str, site: str) -> str:
    """« de la caserne », « du CLSC », « aux résidences »."""
    for article, of, to in (("le ", "du ", "au "), ("les ", "des ", "aux ")):
        if site.startswith(article):
            return (of if preposition == "de" else to) + site.removeprefix(article)
    return f"{preposition} {site}"


def with_article(name: str) -> str:
    """« la Ville de… », « le Cégep… », « l’Office… »."""
    first = name.split()[0]
    if first[0] in VOWELS:
        return f"l’{name}"
    return f"{'le' if first in ('Centre', 'Cégep', 'Ministère') else 'la'} {name}"


def buyer_size(people: int | None, rng: Random) -> float:
    """0 for a village of a thousand, 1 for forty thousand people; around it, for not all that one buys is as large."""
    known = rng.uniform(0.35, 1) if not people else (log(people) - log(900)) / (log(40_000) - log(900))
    return min(1.0, max(0.0, known + rng.uniform(-0.25, 0.25)))
