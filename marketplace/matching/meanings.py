"""What a notice's title and codes mean, by the search's lexicon: who says it in other words, and which words of the title
name what is bought. So a supplier without any past is found by its name, its activity and its offers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from marketplace.classification.lexicon.reading import Meaning, Sense, read_lexicon
from marketplace.classification.lexicon.words import text_forms
from marketplace.matching import weights
from marketplace.matching.turning import places_in_turn
from suppliers.search import small_words
from suppliers.search.hits import add_up
from suppliers.search.meanings import prepared_lexicon
from suppliers.search.probes import Probe, probes_of
from suppliers.search.reading import read_wishes
from suppliers.search.wishes import What, Wishes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from suppliers.search.stem_index import Asked

#: Words of the procedure and of its papers: how it is bought, never what. By their forms (`lexicon.words`).
PROCEDURE = frozenset(
    text_forms(
        "contrat convention entente protocole mandat demande appel offre soumission acquisition achat fourniture"
        " approvisionnement octroi attribution renouvellement reconduction prolongation conclusion projet programme"
        " partenariat collaboration participation contribution subvention aide financière financement cadre phase lot"
        " année saison période durée exercice besoin divers diverse"
        " contract agreement mandate request call tender bid purchase procurement supply award renewal project program"
        " partnership grant funding phase batch year season period various"
    )
)
#: Where public buyers are: beside a trade, these words say for whom or at which address.
PREMISES = frozenset(
    text_forms(
        "école collège cégep université campus pavillon hôpital clsc chsld ciusss cisss centre hospitalier bibliothèque hôtel"
        " ville mairie caserne garage poste édifice bâtiment immeuble bureau rue avenue boulevard chemin route autoroute"
        " quartier arrondissement municipalité mrc ministère commission scolaire musée parc"
        " school college university hospital library town city hall building street road borough municipality department"
    )
)
LONGEST = 300
MOST_KEPT = 20_000
#: A code says what is bought from its class on (`weights.CLASS_DIGITS`); less surely than the title does.
SAID_BY_CODE = 0.8
MOST_FIT = 1.0
#: A looser word than this weighs nothing that one would see, and four in ten of all are: they cost a third of a match.
LEAST_PROBE = 0.25
_QUOTES = re.compile('["«»“”]')
_LANGUAGES = frozenset(("fr", "en"))
#: Where an enterprise says itself what it does. A name in other words says little beside that (its own words count, `engine`);
#: and beginnings of words (« fallback ») find too much for what nobody typed.
_FIELDS = ("offers", "activity", "codes")


@dataclass(frozen=True, slots=True)
class Meant:
    """`trades` are what the title names, `coded` what its codes are called; `emphasis` what each folded word counts for.

    `probes` are how those who answer are looked for, those of `trades` first.
    """

    trades: tuple[What, ...] = ()
    coded: tuple[What, ...] = ()
    emphasis: Mapping[str, float] = field(default_factory=dict)
    probes: tuple[tuple[Probe, ...], tuple[Probe, ...]] = ((), ())

    @property
    def meanings(self) -> frozenset[str]:
        """The keys of what is meant, and of what that leads to."""
        by_key = read_lexicon().by_key
        keys = {key for what in (*self.trades, *self.coded) for key in what.meanings}
        return frozenset(keys | {lead.key for key in keys if key in by_key for lead in by_key[key].leads_to})

    @property
    def asked(self) -> list[Asked]:
        """What `ask_stems` is to be asked; `fits` reads its answers, in this order."""
        return [probe.asked for probes in self.probes for probe in probes]

    def fits(self, found: Sequence[NDArray[np.int64]]) -> MeantFits:
        """How well each supplier answers: the title or the codes, whichever it answers better."""
        first = len(self.probes[0])
        parts = [
            (add_up(Wishes(whats=whats), probes, answers), worth)
            for whats, probes, answers, worth in (
                (self.trades, self.probes[0], found[:first], 1.0),
                (self.coded, self.probes[1], found[first:], SAID_BY_CODE),
            )
            if probes
        ]
        ids = np.unique(np.concatenate([hits.ids for hits, _worth in parts] or [NOBODY.ids]))
        fits = np.zeros(len(ids))
        for hits, worth in parts:
            at = np.searchsorted(ids, hits.ids)
            fits[at] = np.maximum(fits[at], np.minimum(hits.fits, MOST_FIT) * worth)
        return MeantFits(ids, fits)


@dataclass(frozen=True, slots=True)
class MeantFits:
    """How well suppliers answer what is meant, 0 to 1; `ids` rise."""

    ids: NDArray[np.int64]
    fits: NDArray[np.float64]

    def of_all(self, ids: NDArray[np.int64]) -> list[float]:
        """For each of these suppliers."""
        if not len(self.ids):
            return [0.0] * len(ids)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[at] == ids, self.fits[at], 0.0).tolist()

    def best(self, most: int, turn: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The best `most`; equals take turns."""
        chosen = np.lexsort((places_in_turn(self.ids, turn), -self.fits))[:most]
        return self.ids[chosen], self.fits[chosen]


NOBODY = MeantFits(np.zeros(0, dtype=np.int64), np.zeros(0))


def read_meanings(title: str, codes: Iterable[str] = ()) -> Meant:
    """`codes` carry no zeros that pad a level. No SQL for words that this process has met."""
    said = [_as_of_a_notice(what) for what in read_wishes(_QUOTES.sub(" ", title)[:LONGEST]).whats]
    trades = _trades_among(said)
    emphasis: dict[str, float] = {}
    for what in said:
        worth = 1.0 if what in trades or not trades else weights.BESIDE
        for key in what.keys:
            own = weights.FAINT if what.faint or _says_little(key) else worth
            emphasis[key] = max(emphasis.get(key, 0.0), own)
    classes = frozenset(code[: weights.CLASS_DIGITS] for code in codes if len(code) >= weights.CLASS_DIGITS)
    coded = _called_by(classes, read_lexicon().version) if classes else ()
    return Meant(tuple(trades), coded, emphasis, (_probes(tuple(trades)), _probes(coded)))


_known: tuple[str, dict[str, frozenset[str]]] = ("", {})


def named_meanings(text: str) -> frozenset[str]:
    """The keys of what an offer's title names, in this process's memory until someone edits the lexicon."""
    global _known
    lexicon = read_lexicon()
    if _known[0] != lexicon.version or len(_known[1]) > MOST_KEPT:
        _known = (lexicon.version, {})
    found = _known[1].get(text)
    if found is None:
        found = _known[1][text] = _named_in(text)
    return found


def _named_in(text: str) -> frozenset[str]:
    senses = (sense for term in read_lexicon().find(text) for sense in term.senses if sense.both_ways)
    return frozenset(sense.meaning.key for sense in senses)


def words_that_mean(text: str) -> frozenset[str]:
    """The stems of single words by which others say what a sheet names: notices that use them are worth reading whole."""
    lexicon = prepared_lexicon()
    keys = _named_in(text)
    leading = {
        meaning.key for meaning in lexicon.lexicon if any(lead.key in keys for lead in meaning.leads_to)
    }
    terms = (
        lexicon.stems.get(term.text, ())
        for key in keys | leading
        for term in lexicon.lexicon.by_key[key].terms
    )
    return frozenset(stems[0] for stems in terms if len(stems) == 1)


def _as_of_a_notice(what: What) -> What:
    """Words of the procedure say little; the last word is a whole one."""
    return replace(what, unfinished=False, faint=what.faint or all(map(_says_little, what.keys)))


def _says_little(key: str) -> bool:
    return key in small_words.FAINT or PROCEDURE.issuperset(text_forms(key))


def _trades_among(said: list[What]) -> list[What]:
    """What the title names to be bought: not where, and no mere hint, unless that is all."""
    trades = [what for what in said if what.meanings and not what.faint]
    trades = [what for what in trades if not PREMISES.issuperset(text_forms(" ".join(what.keys)))] or trades
    return [what for what in trades if not what.is_hint] or trades


@lru_cache(maxsize=512)
def _called_by(classes: frozenset[str], version: str) -> tuple[What, ...]:
    """What the lexicon of that version calls by these codes: any of it is one wish."""
    lexicon = prepared_lexicon()
    found: list[Meaning] = [
        meaning
        for meaning in lexicon.lexicon
        if meaning.codes and meaning.codes[0][: weights.CLASS_DIGITS] in classes
    ]
    if not found:
        return ()
    others = lexicon.alternatives(Sense(meaning, 1.0, _LANGUAGES) for meaning in found)
    keys = tuple(meaning.key for meaning in found)
    return (
        What(label=found[0].key, keys=keys, meanings=keys, alternatives=others.terms, codes=others.codes),
    )


@lru_cache(maxsize=1024)
def _probes(whats: tuple[What, ...]) -> tuple[Probe, ...]:
    if not whats:
        return ()
    return tuple(
        probe
        for probe in probes_of(Wishes(whats=whats))
        if probe.how in ("literal", "meaning")
        and probe.weight >= LEAST_PROBE
        and probe.asked.field in _FIELDS
    )
