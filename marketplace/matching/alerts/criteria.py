"""What an alert asks, as one SQL condition: which alerts a notice answers, which notices a profile would have brought.

A profile that is not saved is read the same way, from `jsonb_populate_record`. Everything that a notice does not say
passes: no region, no amount. Words are read with the lexicon of the search: « déneigement » finds « enlèvement de la
neige », and what is bought under its code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from buyers.filters import CONFIGURATION
from buyers.models.notices import NEWS_LASTS
from marketplace.classification.lexicon.reading import Lexicon, lexicon_version, read_lexicon
from marketplace.web.folding import fold_text
from marketplace.web.verbs import verb

from .models import Alert

#: A code as specific as this is what a word means; a family or a segment holds much else.
TELLING_CODE = 6
MOST_TERMS = 40
SENSES = 2

#: Alerts are called `a`, notices `t`, the suggestion of the notice to the alert's supplier `s`.
ANSWERS = """
(a.words_query = '' OR t.search @@ a.words_query::tsquery OR EXISTS (
    SELECT 1 FROM unnest(t.unspsc) had, unnest(a.words_codes) asked WHERE starts_with(had, asked)))
AND (cardinality(a.codes) = 0 OR EXISTS (
    SELECT 1 FROM unnest(t.unspsc) had, unnest(a.codes) asked
    WHERE starts_with(had, asked) OR starts_with(asked, regexp_replace(had, '(00)+$', ''))))
AND (cardinality(a.regions) = 0 OR t.region_id IS NULL OR t.region_id = ANY(a.regions))
AND (a.amount_from IS NULL OR t.estimated_amount IS NULL OR t.currency <> 'CAD' OR t.estimated_amount >= a.amount_from)
AND (a.amount_to IS NULL OR t.estimated_amount IS NULL OR t.currency <> 'CAD' OR t.estimated_amount <= a.amount_to)
AND (cardinality(a.buyers) = 0 OR t.buyer_id = ANY(a.buyers))
AND (cardinality(a.methods) = 0 OR t.method = ANY(a.methods))
AND (t.method <> 'limited' OR 'limited' = ANY(a.methods))
AND (cardinality(a.languages) = 0 OR t.language = ANY(a.languages) OR 'en' = ANY(a.languages) AND t.title_en <> '')
AND (a.minimum_fit IS NULL OR s.points >= a.minimum_fit)
AND s.set_aside_at IS NULL
"""
_SUGGESTED = "LEFT JOIN matching_suggestion s ON s.tender_id = t.id AND s.supplier_id = a.supplier_id"
#: `buyers.models.announced_condition`, less the mode: who asks for invitations hears of them.
_ANNOUNCED = """
t.status = 'active' AND (t.closes_at > %(now)s OR t.closes_at IS NULL AND t.awarded = '' AND t.published_at > %(lately)s)
"""
_PAIR = "SELECT a.id, a.user_id, t.id, t.ocid, coalesce(s.points, 0)"
#: The two ways to an alert: by a suggestion to its supplier, or by its criteria alone.
_SUGGESTED_PAIRS = f"""
{_PAIR} FROM buyers_tender t JOIN matching_suggestion s ON s.tender_id = t.id
JOIN matching_alert a ON a.supplier_id = s.supplier_id AND a.minimum_fit IS NOT NULL AND a.stopped_at IS NULL
WHERE t.id = ANY(%(tenders)s) AND (%(suggestions)s::bigint[] IS NULL OR s.id = ANY(%(suggestions)s)) AND {_ANNOUNCED} AND {ANSWERS}
"""
_OTHER_PAIRS = f"""
{_PAIR} FROM buyers_tender t JOIN matching_alert a ON a.minimum_fit IS NULL AND a.stopped_at IS NULL {_SUGGESTED}
WHERE t.id = ANY(%(tenders)s) AND {_ANNOUNCED} AND {ANSWERS}
"""
_STILL = f"""
{_PAIR} FROM unnest(%(alerts)s::bigint[], %(tenders)s::bigint[]) pair(alert, tender)
JOIN matching_alert a ON a.id = pair.alert JOIN buyers_tender t ON t.id = pair.tender {_SUGGESTED}
WHERE {_ANNOUNCED} AND {ANSWERS}
"""
#: Of profiles that need not be saved: `a.id` is their number in the list.
_RECENT = f"""
SELECT a.id, t.id, coalesce(t.published_at, t.imported_at), t.region_id, t.unspsc, t.buyer_id, coalesce(s.points, 0)
FROM jsonb_populate_recordset(NULL::matching_alert, %(profiles)s::jsonb) a CROSS JOIN buyers_tender t {_SUGGESTED}
WHERE (t.published_at BETWEEN %(since)s AND %(now)s
    OR t.published_at IS NULL AND t.imported_at BETWEEN %(since)s AND %(now)s) AND t.status <> 'planned' AND {ANSWERS}
ORDER BY a.id, 3 DESC, t.id
"""  # noqa: S608 - constants alone


class Pair(NamedTuple):
    """A notice answers an alert. `points` of the suggestion to its supplier; 0 where there is none."""

    alert: int
    user: int
    tender: int
    ocid: str
    points: int


class Recent(NamedTuple):
    """A notice of the last weeks that a profile, by its number, would have brought."""

    profile: int
    tender: int
    moment: datetime
    region: str | None
    codes: list[str]
    buyer: int | None
    points: int


def alerts_answered(*, tenders: Sequence[int], suggestions: Sequence[int] | None = None) -> list[Pair]:
    """The alerts that these open notices answer; where `suggestions` are given, by those alone."""
    statement = (
        _SUGGESTED_PAIRS if suggestions is not None else f"{_SUGGESTED_PAIRS} UNION ALL {_OTHER_PAIRS}"
    )
    return _pairs(statement, tenders=list(tenders), suggestions=suggestions and list(suggestions))


def still_answered(pairs: Iterable[tuple[int, int]]) -> list[Pair]:
    """Of (alert, notice), those that still are so, of notices that are still open."""
    both = list(pairs)
    return _pairs(_STILL, alerts=[alert for alert, _ in both], tenders=[tender for _, tender in both])


def recent_notices(profiles: Sequence[Alert], *, since: datetime) -> list[Recent]:
    """What each profile would have brought since then, the latest first. One statement for all of them."""
    rows = [_as_row(number, one) for number, one in enumerate(profiles)]
    with connection.cursor() as cursor:
        cursor.execute(_RECENT, {"profiles": json.dumps(rows), "since": since, "now": timezone.now()})
        return [Recent(*row) for row in cursor.fetchall()]


def _pairs(statement: str, **values: Any) -> list[Pair]:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(statement, {"now": now, "lately": now - NEWS_LASTS, **values})
        return [Pair(*row) for row in cursor.fetchall()]


_ASKED = (
    "supplier_id", "words_query", "words_codes", "codes", "regions", "amount_from", "amount_to", "buyers", "methods",
    "languages", "minimum_fit",
)  # fmt: skip


def _as_row(number: int, profile: Alert) -> dict[str, Any]:
    row = {name: getattr(profile, name) for name in _ASKED}
    for name in ("amount_from", "amount_to"):
        row[name] = None if row[name] is None else str(row[name])
    return {"id": number, **row}


# --- Words --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WordsRead:
    """`query` as PostgreSQL writes it, « » where no word says anything; `also`: what else is looked for, for people."""

    query: str
    codes: list[str]
    also: list[str]
    version: str


_PARTS = re.compile(r'-?"[^"]*"|[^,;\n"]+')


def read_words(text: str) -> WordsRead:
    """« déneigement, traiteur -buffet "salle de bal" »: commas part alternatives, each with all its words; « - » leaves a word
    out; quotes keep words as they are. One statement."""
    lexicon = read_lexicon()
    alternatives = [_read(one, lexicon) for one in re.split(r"[,;\n]+", text) if one.strip()]
    said = [(all_of, none_of) for all_of, none_of, _codes in alternatives if all_of or none_of]
    codes = list(dict.fromkeys(code for *_rest, found in alternatives for code in found))
    typed = fold_text(text)
    also = [
        term for all_of, _none in said for terms in all_of for term in terms if fold_text(term) not in typed
    ]
    return WordsRead(_compiled(said), codes, list(dict.fromkeys(also)), lexicon.version)


def _read(text: str, lexicon: Lexicon) -> tuple[list[list[str]], list[str], list[str]]:
    """(each of which one must stand, none of which may, codes of the whole)."""
    exact = [(sign == "-", words) for sign, words in re.findall(r'(-?)"([^"]*)"', text)]
    rest = re.sub(r'-?"[^"]*"', " ", text)
    without = re.findall(r"(?<!\S)-([^\W_]+)", rest)
    rest = re.sub(r"(?<!\S)-[^\W_]+", " ", rest)
    all_of = [[words] for is_out, words in exact if not is_out and words.strip()]
    none_of = [words for is_out, words in exact if is_out and words.strip()] + without
    words, found = fold_text(rest).split(), lexicon.find(rest)
    covered: set[int] = set()
    for term in found:
        covered.update(range(term.start, term.end))
        named = [one.text for sense in term.senses[:SENSES] for one in sense.meaning.terms]
        all_of.append([term.words, *dict.fromkeys(named)][:MOST_TERMS])
    all_of += [[word] for at, word in enumerate(words) if at not in covered]
    codes: list[str] = []
    if len(all_of) == len(found) == 1 and not none_of:
        codes = [
            code
            for sense in found[0].senses[:SENSES]
            for code in sense.meaning.codes[:1]
            if len(code) >= TELLING_CODE and sense.both_ways
        ]
    return all_of, none_of, codes


def _compiled(said: Sequence[tuple[list[list[str]], list[str]]]) -> str:
    """PostgreSQL joins the parts: what has only words too common to be searched falls out of them."""
    if not said:
        return ""
    values: list[str] = []

    def phrase(words: str) -> str:
        values.extend((CONFIGURATION, words))
        return "phraseto_tsquery(%s::regconfig, %s)"

    whole = []
    for all_of, none_of in said:
        parts = ["(" + " || ".join(map(phrase, terms)) + ")" for terms in all_of]
        parts += [f"!!{phrase(words)}" for words in none_of]
        whole.append("(" + " && ".join(parts) + ")")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({' || '.join(whole)})::text", values)
        return str(cursor.fetchone()[0])


@verb
def read_words_again(*, by: None = None) -> int:
    """Alerts whose words were read with an earlier lexicon; how many. Safe to repeat."""
    version = lexicon_version()
    changed = 0
    for alert in Alert.objects.active().exclude(words="").exclude(words_version=version).order_by("pk"):
        read = read_words(alert.words)
        changed += Alert.objects.filter(pk=alert.pk, words=alert.words).update(
            words_query=read.query, words_codes=read.codes, words_version=read.version
        )
    return changed
