"""What a person types, read kindly: accents and apostrophes do not matter, the last word may be unfinished, a word
nobody uses is replaced by the closest that someone does, « between quotes » is taken to the letter, ten digits are a NEQ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from marketplace.web.folding import fold_text

MAX_WORDS = 12
_QUOTED = re.compile(r"[\"“”«]\s*([^\"“”«»]*?)\s*[\"“”»]")
_NEQ = re.compile(r"(?:neq)?[\s:.#-]*(\d(?:[\s-]?\d){9})")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, kw_only=True)
class SearchText:
    """A text as the directory will look for it. With neither `tsquery` nor `neq` it asks nothing."""

    asked: str = ""
    tsquery: str = ""
    neq: str = ""
    stems: tuple[str, ...] = ()  # what to mark in the rows
    read_as: str = ""  # the text with its words corrected, where any was
    exact: str = ""  # what to type so that nothing is corrected
    unknown: tuple[str, ...] = ()  # words that no supplier uses, and resemble none
    without_unknown: str = ""  # the text less these words
    message: str = ""  # why the text asks nothing

    def __bool__(self) -> bool:
        return bool(self.tsquery or self.neq)


@dataclass(kw_only=True)
class _Word:
    """A typed word, folded, with what the directory knows of it."""

    typed: str
    stem: str | None  # None: too common to search by
    known: bool
    begins: bool  # some word begins like this
    last: bool
    close: list[tuple[str, str, str, int]] = field(default_factory=list)  # word, stem, shown, entries

    @property
    def corrections(self) -> list[tuple[str, str, str, int]]:
        """The closest words, at equal distance the most used first; three at most."""
        if self.known or (self.last and self.begins) or self.stem is None:
            return []
        allowed = 0 if len(self.typed) < 4 else 1 if len(self.typed) < 6 else 2 if len(self.typed) < 10 else 3
        ranked = sorted(
            (slip_distance(self.typed, word), -entries, word) for word, _, _, entries in self.close
        )
        best = [rank for rank in ranked if rank[0] == ranked[0][0] and rank[0] <= allowed][:3]
        found = {word: row for row in self.close for word in [row[0]]}
        return [found[word] for _, _, word in best]

    @property
    def tsquery(self) -> str:
        """Safe to put in a tsquery: folded words and their stems are [a-z0-9]+."""
        alternatives = [f"'{self.stem}'", *(f"'{stem}'" for _, stem, _, _ in self.corrections)]
        if self.last and self.begins:
            beginning = f"'{self.typed}':*"
            alternatives = (
                [beginning] if (self.stem or "").startswith(self.typed) else [*alternatives, beginning]
            )
        return "(" + "|".join(dict.fromkeys(alternatives)) + ")"


# Words with a digit (« iso9001 », « 4x4 ») and words of one or two letters are looked for as they are.
_LOOK_UP = """
WITH typed AS (
    SELECT ord, word, ord = max(ord) OVER () AS last,
           CASE WHEN word ~ '[0-9]' THEN word ELSE (ts_lexize('french_stem', word))[1] END AS stem
    FROM unnest(%(words)s::text[]) WITH ORDINALITY w(word, ord)
), judged AS MATERIALIZED (
    SELECT typed.*,
           length(word) < 3 OR word ~ '[0-9]'
               OR EXISTS (SELECT 1 FROM suppliers_searchword s WHERE s.lexeme = typed.stem) AS known,
           last AND length(word) >= 3 AND EXISTS (SELECT 1 FROM suppliers_searchword s
                            WHERE s.word ~>=~ typed.word AND s.word ~<~ (typed.word || '{')) AS begins
    FROM typed
)
SELECT j.word, j.stem, j.known, j.begins, j.last,
       ARRAY(SELECT ARRAY[s.word, s.lexeme, s.shown, s.entries::text] FROM suppliers_searchword s
             WHERE s.word %% j.word AND NOT j.known AND NOT j.begins AND j.stem IS NOT NULL
             ORDER BY similarity(s.word, j.word) DESC, s.entries DESC, s.word LIMIT 40)
FROM judged j ORDER BY j.ord
"""
# A short word with two letters swapped shares no trigram with the right one: try all that is one slip away.
_ONE_SLIP = """
SELECT ARRAY[s.word, s.lexeme, s.shown, s.entries::text] FROM suppliers_searchword s WHERE s.word = ANY(%(words)s)
"""
_PHRASES = """
SELECT phraseto_tsquery('public.french_unaccent', phrase)::text FROM unnest(%(phrases)s::text[]) phrase
"""


def read_search_text(text: str) -> SearchText:
    """Read a text of at most `filters.MAX_TEXT` characters; at most three SQL queries, none where it is empty."""
    text = text.replace("\x00", " ").strip()
    if not text:
        return SearchText()
    if match := _NEQ.fullmatch(text.casefold()):
        return SearchText(asked=text, neq=re.sub(r"\D", "", match[1]))
    phrases = [folded for quoted in _QUOTED.findall(text) if (folded := fold_text(quoted))]
    words = fold_text(_QUOTED.sub(" ", text)).split()[:MAX_WORDS]
    looked_up = _look_up(list(dict.fromkeys(words)))
    searched = [word for word in looked_up if word.stem is not None]
    parts = [word.tsquery for word in searched] + _read_phrases(phrases)
    if not parts:
        return SearchText(
            asked=text,
            message=_(
                "« %(text)s » ne contient aucun mot à chercher. Nommez un bien, un service ou une entreprise."
            )
            % {"text": text if len(text) <= 40 else text[:39] + "…"},
        )
    corrected = {word.typed: word.corrections[0][2] for word in looked_up if word.corrections}
    unknown = tuple(word.typed for word in searched if not (word.known or word.begins or word.corrections))
    stems = {word.stem or "" for word in searched} | {
        stem for word in searched for _, stem, _, _ in word.corrections
    }
    stems |= {word.typed for word in searched if word.begins} | set(
        re.findall(r"'([a-z0-9]+)'", "".join(parts))
    )
    return SearchText(
        asked=text,
        tsquery="&".join(parts),
        stems=tuple(sorted(stems)),
        read_as=_replaced(text, corrected),
        exact="" if not corrected else '"' + text.replace('"', " ").strip() + '"',
        unknown=unknown,
        without_unknown=" ".join(word for word in text.split() if fold_text(word) not in unknown)
        if unknown
        else "",
    )


def _look_up(words: list[str]) -> list[_Word]:
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, {"words": words})
        found = [
            _Word(
                typed=word,
                stem=stem,
                known=known,
                begins=begins,
                last=last,
                close=[(w, lexeme, shown, int(entries)) for w, lexeme, shown, entries in close],
            )
            for word, stem, known, begins, last, close in cursor.fetchall()
        ]
        short = {slip for word in found if _wants_slips(word) for slip in one_slip_away(word.typed)}
        if short:
            cursor.execute(_ONE_SLIP, {"words": sorted(short)})
            rows = [(w, lexeme, shown, int(entries)) for ((w, lexeme, shown, entries),) in cursor.fetchall()]
            for word in found:
                if _wants_slips(word):
                    word.close = list({*word.close, *rows})
    return found


def _wants_slips(word: _Word) -> bool:
    return word.stem is not None and not word.known and not word.begins and 4 <= len(word.typed) <= 7


def _read_phrases(phrases: list[str]) -> list[str]:
    """Tsqueries whose words follow each other as in the phrases; none for a phrase of common words only."""
    if not phrases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_PHRASES, {"phrases": phrases})
        return [f"({found})" for (found,) in cursor.fetchall() if found]


def _replaced(text: str, corrected: dict[str, str]) -> str:
    """The text as typed, its wrong words replaced; empty where none was."""
    if not corrected:
        return ""
    return re.sub(r"[^\W_]+", lambda match: corrected.get(fold_text(match[0]), match[0]), text)


def one_slip_away(word: str) -> set[str]:
    """Every word at one deletion, insertion, replacement or swap of neighbours from this one."""
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return (
        {a + b[1:] for a, b in splits if b}
        | {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
        | {a + c + b[1:] for a, b in splits if b for c in _ALPHABET}
        | {a + c + b for a, b in splits for c in _ALPHABET}
    ) - {word}


def slip_distance(a: str, b: str) -> int:
    """Slips between two words: letters added, left out, replaced, or two neighbours swapped."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
