"""What a word that is found nowhere was meant to be. A word that the lexicon, the codes or the directory know stays as typed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from marketplace.territories.places import current_gazetteer
from marketplace.web.languages import is_english
from marketplace.web.process_cache import cached_in_process

from .meanings import prepared_lexicon
from .slips import Vocabulary, allowed_slips, one_slip_away, slips_between

MOST_WORDS = 6
FOREIGN = 0.6  # slips
LARGE_TOWN = 1_000  # people
OF_THE_FIELD = (
    1_000  # what a word of the lexicon is worth, beside the entries that use a word of the directory
)
#: Close words of the directory; a short word with two letters swapped shares no trigram with the right one, so `slips`
#: are all that is one slip away.
_CLOSE = """
SELECT typed.word, found.word, found.shown, found.entries
FROM unnest(%(words)s::text[]) typed(word) CROSS JOIN LATERAL (
    SELECT s.word, s.shown, s.entries FROM suppliers_searchword s WHERE s.word %% typed.word
    ORDER BY similarity(s.word, typed.word) DESC, s.entries DESC, s.word LIMIT 20
) found
UNION
SELECT slips.typed, s.word, s.shown, s.entries
FROM unnest(%(short)s::text[], %(slips)s::text[]) slips(typed, word) JOIN suppliers_searchword s ON s.word = slips.word
"""


@dataclass(frozen=True)
class Correction:
    """`shown`: the word that may be meant, as written. `clear`: so surely that it is looked for at once."""

    typed: str
    shown: str
    clear: bool


def correct_words(words: Collection[str]) -> dict[str, Correction]:
    """For folded words that nothing is found by, the word that each may be meant for; one SQL query."""
    words = [word for word in words if len(word) >= 4 and word.isalpha()][:MOST_WORDS]
    if not words:
        return {}
    in_directory = _close_in_directory(words)
    lexicon, towns = prepared_lexicon().vocabulary, town_vocabulary()
    foreign = prepared_lexicon().foreign["en" if is_english() else "fr"]
    found = {}
    for typed in words:
        candidates: dict[str, tuple[str, int]] = dict(in_directory.get(typed, {}))
        if typed in candidates:  # some enterprise writes it so
            continue
        for vocabulary, worth in ((towns, 3), (lexicon, OF_THE_FIELD)):
            for word in vocabulary.close(typed):
                shown, entries = candidates.get(word, (vocabulary.shown[word], 0))
                candidates[word] = (shown, max(entries, worth))
        if best := best_correction(typed, candidates, foreign):
            found[typed] = best
    return found


def best_correction(
    typed: str, candidates: dict[str, tuple[str, int]], foreign: Collection[str] = ()
) -> Correction | None:
    """The closest word, of equals the most used. `candidates`: folded → as written, how much it is used. `foreign`: words
    of a language that is not the reader's, which are meant less often. Pure.

    It is clear where it is near enough and no other word is as near, unless hardly anyone uses that one.
    """
    ranked = sorted(
        (slips_between(typed, word) + FOREIGN * (word in foreign), -entries, word, shown)
        for word, (shown, entries) in candidates.items()
        if word != typed
    )
    if not ranked or ranked[0][0] > allowed_slips(typed) + 1:
        return None
    distance, used, word, shown = ranked[0]
    if distance > 1 and -used < OF_THE_FIELD:  # « crèche » is no « Croche », though some name has that
        return Correction(typed, shown, clear=False)
    rivals = [
        rank
        for rank in ranked[1:4]
        if rank[0] == distance and rank[2][:-1] not in word and word[:-1] not in rank[2]
    ]
    clear = distance <= allowed_slips(typed) and all(-used >= 4 * -rank[1] for rank in rivals)
    return Correction(typed, shown, clear)


def _close_in_directory(words: list[str]) -> dict[str, dict[str, tuple[str, int]]]:
    slips = [(word, slip) for word in words if len(word) <= 7 for slip in sorted(one_slip_away(word))]
    found: dict[str, dict[str, tuple[str, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _CLOSE,
            {"words": words, "short": [word for word, _ in slips], "slips": [slip for _, slip in slips]},
        )
        for typed, word, shown, entries in cursor.fetchall():
            found.setdefault(typed, {})[word] = (shown, entries)
    return found


@cached_in_process
def town_vocabulary() -> Vocabulary:
    """The words of the names of towns that people know."""
    towns = current_gazetteer().towns.values()
    return Vocabulary.of((town.name for town in towns if town.population >= LARGE_TOWN), least=5)
