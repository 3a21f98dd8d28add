"""The stems of folded words, as PostgreSQL knows them: those of the directory's vectors, to the letter.

A word's stem never changes, so each process asks once. Words with a digit (« iso9001 », « 4x4 ») stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import connection

MOST_KEPT = 60_000
#: Words whose stem is another word's as well: « répit » and « repas », « soupe » and « souper », « loyer » and « loi »,
#: « foyer » and « foi », « opéra » and « opérer », « tennis » and « tenir ». The index and what is asked of it both write
#: them with a letter more. A change here is in the index once the directory has been rebuilt, the next night.
APART = (
    "assurance athletisme auditif berge blinde bougie carie cheminement classement collecte collection "
    "communication concertation conserve couper courir crosse detention environs equipement equitable equitation "
    "fabrique foyer frais francais francaise genie isolement livre loyer manga mari mediation mine moine opera "
    "organiste palette pate placement porte pourvoir publication refugie refugiee regiment repit reserviste "
    "ressourcement secourisme selle soupe soya stationnement taxi tennis terrasse traitement vent villa "
    "visa voirie"
)
IN_TEXT = f"({'|'.join(APART.split())})(s?)"
_STEMS = """
SELECT word, coalesce((ts_lexize('french_stem', apart))[1], '') FROM unnest(%s::text[], %s::text[]) asked(word, apart)
"""
_kept: dict[str, str] = {}


def stem_words(words: Iterable[str]) -> dict[str, str]:
    """The stem of each folded word, "" for one too common to be in a vector; no SQL for words seen before."""
    global _kept
    wanted = dict.fromkeys(words)
    kept = _kept
    missing = [word for word in wanted if word not in kept and word.isalpha()]
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(_STEMS, [missing, [told_apart(word) for word in missing]])
            found = dict(cursor.fetchall())
        if len(kept) + len(found) > MOST_KEPT:
            kept = {}
        _kept = kept = {**kept, **found} if len(found) < 200 else kept | found
    return {word: kept.get(word, word) for word in wanted}


def told_apart(word: str) -> str:
    """
    >>> told_apart("repits"), told_apart("repas"), told_apart("operateur")
    ('repitxs', 'repas', 'operateur')
    """
    return _WHOLE.sub(r"\1x\2", word)


_WHOLE = re.compile(rf"^{IN_TEXT}$")
