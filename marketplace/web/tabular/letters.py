"""Which letters the bytes of a file stand for: French text tells, where the file itself says nothing.

Offices save in UTF-8, Windows-1252, Mac Roman (an old Excel for Mac), at times in the code pages of DOS, and a list that
went through the wrong program holds « Ã© » for « é ». Each reading is weighed by what French does: a small accented
letter stands among small letters, a capital begins a word or stands among capitals. What stays doubtful becomes U+FFFD,
which no importer takes for a letter, or the file is refused: a wrong letter is never guessed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

#: U+FFFD stands where no reading is sure.
LOST = "\ufffd"
EIGHT_BIT = ("cp1252", "mac_roman", "cp850", "cp437", "iso8859_15")
#: Nobody has saved in these for years: they are taken only where no other reading makes sense.
DOS = ("cp850", "cp437")
TABLES = {name: bytes(range(256)).decode(name, errors="replace") for name in EIGHT_BIT}
SMALL = "éèêëàâîïôûùçœ"
RARE_SMALL = "äöüÿæ"
CAPITAL = "ÉÈÊËÀÂÎÏÔÛÙÇŒ"
FOREIGN_SMALL = "áíóúñãõåøìòßšžý"
BETWEEN = "–—\u00a0\u202f·•"
SURE_BY = 1.0
#: Distinct words that are weighed; more of them tell nothing new.
MOST_WORDS = 5_000

_WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")


def weigh(before: str, letter: str, after: str) -> float:
    """How likely French text has `letter` between these two characters: 3 for a usual one, below 0 for nonsense."""
    small_before, small_after = before.islower(), after.islower()
    if letter in SMALL or letter in RARE_SMALL:
        if before.isupper() and after.isupper():
            return -2
        if not before.isalpha() and not after.isalpha():
            return 1.5 if letter == "à" else -1
        return 3 if letter in SMALL else 1
    if letter in CAPITAL:
        if small_before or (before.isalpha() and small_after):
            return -3
        if not before.isalpha() and not after.isalpha():
            return 1.5 if letter in "ÀÉ" and after in " '’\n" else -1
        return 2.5
    if letter in FOREIGN_SMALL:
        return 0.3 if small_before or small_after else -1
    if letter == "’":
        return 2 if before.isalpha() and after.isalpha() else 0.2
    if letter in "«“":
        return 1 if not before.isalnum() else -2
    if letter in "»”":
        return 1 if not after.isalnum() else -2
    if letter in BETWEEN:
        return 0.2 if not before.isalpha() or not after.isalpha() else 0
    if letter in "°²³½¼€$£":
        return 0.5 if before.isdigit() or after.isdigit() or before in "nN " else -1
    if letter in "…®™©":
        return 0.2 if not after.isalnum() else -2
    if letter == LOST:
        return -6
    return -2 if before.isalpha() or after.isalpha() else -1


@functools.lru_cache(maxsize=50_000)
def word_weights(word: bytes) -> tuple[float, ...]:
    """A word with the byte before and after it, weighed in each reading of `EIGHT_BIT`."""
    found = []
    for name in EIGHT_BIT:
        text = word.decode("latin-1").translate(TABLES[name])
        found.append(
            sum(
                weigh(text[at - 1], text[at], text[at + 1])
                for at in range(1, len(text) - 1)
                if word[at] >= 0x80
            )
        )
    return tuple(found)


def words_of(line: bytes) -> list[bytes]:
    """The words that hold more than ASCII, each with one byte on both sides."""
    padded = b" " + line.rstrip(b"\r\n") + b" "
    return [padded[match.start() - 1 : match.end() + 1] for match in _WORD.finditer(padded)]


def likely_reading(words: Iterable[bytes]) -> str:
    """The reading that makes French of these words; empty where none does, or where two do as well."""
    kept = list(words)
    weights = [word_weights(word) for word in kept]
    totals = [sum(column) for column in zip(*weights, strict=True)] if weights else [1.0]
    best = max(range(len(totals)), key=lambda at: totals[at])
    if totals[best] <= 0:
        return ""
    if (
        EIGHT_BIT[best] in DOS
        and max(totals[EIGHT_BIT.index(name)] for name in EIGHT_BIT if name not in DOS) > 0
    ):
        return ""
    for other in set(range(len(totals))) - {best}:
        gaps = [
            weight[best] - weight[other]
            for word, weight in zip(kept, weights, strict=True)
            if reads_otherwise(word, best, other)
        ]
        if gaps and sum(gaps) < SURE_BY:
            return ""
    return EIGHT_BIT[best]


def reads_otherwise(word: bytes, one: int, other: int) -> bool:
    first, second = TABLES[EIGHT_BIT[one]], TABLES[EIGHT_BIT[other]]
    return any(first[byte] != second[byte] for byte in word if byte >= 0x80)


def read_line(line: bytes, reading: str) -> str:
    """A line that is no UTF-8, in the file's reading unless the line itself says another; `LOST` where nothing is sure."""
    words = words_of(line)
    own = sum(word_weights(word)[EIGHT_BIT.index(reading)] for word in words) if reading else -1.0
    text = line.decode("latin-1")
    if own < 0 or not reading:
        if better := likely_reading(words):
            return text.translate(TABLES[better])
        if not reading or own <= -2:
            return "".join(LOST if char > "\x7f" else char for char in text)
    return text.translate(TABLES[reading])


# -- UTF-8 read as something else, then saved as UTF-8 -------------------------------------------------------------


def _garbled(signs: str) -> dict[str, str]:
    """« Ã© » → « é », for each of these signs and each program that may have misread it."""
    found: dict[str, str] = {}
    for name in EIGHT_BIT:
        for sign in signs:
            # A byte without a meaning in the page is carried through as a control character.
            said = "".join(
                TABLES[name][byte] if TABLES[name][byte] != LOST else chr(byte) for byte in sign.encode()
            )
            found.setdefault(said, sign)
    return found


def _any_of(garbled: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(said) for said in sorted(garbled, key=len, reverse=True)))


GARBLED = _garbled(SMALL + RARE_SMALL + CAPITAL + "ÄÖÜÆñáíóú’‘“”«»–—…\u00a0°²³½€®™©\u202f·•")
GARBLED |= {"Ã ": "à ", "Ã  ": "à "}
_GARBLED = _any_of(GARBLED)
#: Misread twice, « é » is « ÃƒÂ© »: what garbled text is made of was garbled in turn.
TWICE = {
    said: sign
    for said, sign in _garbled("".join(TABLES["cp1252"][0x80:]).replace(LOST, "")).items()
    if said[0] in "ÃÂâÅÆË"
}
_TWICE = _any_of(TWICE)
_SIGN_OF_TWICE = re.compile("Ãƒ|Ã‚|Ã¢â")
#: What misread UTF-8 leaves where a byte was dropped on the way: nobody can tell the letter any more.
_REST = re.compile(
    "Ã[\u0080-\u00bf\u0152-\u0192\u02c6-\u2122]|Ã(?=\\W|$)|Â(?=[\u00a0-\u00bf])|â€|√[\u00a0-\u2122]|├\\S"
)


def undo_double_utf8(text: str) -> str:
    """« Trois-RiviÃ¨res » → « Trois-Rivières »; twice misread, undone twice; what cannot be undone is `LOST`."""
    if _SIGN_OF_TWICE.search(text):
        text = _TWICE.sub(lambda match: TWICE[match[0]], text)
    text = _GARBLED.sub(lambda match: GARBLED[match[0]], text)
    return _REST.sub(LOST, text)


WIDE_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def wide_encoding(start: bytes) -> str:
    """UTF-16 or UTF-32, by its mark or by where the zero bytes stand; empty for all else."""
    for mark, name in WIDE_MARKS:
        if start.startswith(mark):
            return name
    zeros = [start[at::4].count(0) / max(1, len(start[at::4])) for at in range(4)]
    if min(zeros[1:]) > 0.9 and zeros[0] < 0.1:
        return "utf-32-le"
    if min(zeros[:3]) > 0.9 and zeros[3] < 0.1:
        return "utf-32-be"
    if min(zeros[1], zeros[3]) > 0.7 and max(zeros[0], zeros[2]) < 0.3:
        return "utf-16-le"
    if min(zeros[0], zeros[2]) > 0.7 and max(zeros[1], zeros[3]) < 0.3:
        return "utf-16-be"
    return ""
