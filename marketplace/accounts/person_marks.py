"""What a person is called and reached by, found in texts however it is written. Pure: no database.

The same expression serves PostgreSQL (`iregex`), which chooses rows, and Python, which decides and rewrites.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.html import escape

from marketplace.web.folding import fold_text

#: How the letters of French and their neighbours are written with marks.
_LETTERS = {
    "a": "aàâäáã", "c": "cç", "e": "eéèêë", "i": "iîïí", "n": "nñ", "o": "oôöóò", "u": "uùûüú", "y": "yÿ",
}  # fmt: skip
_BETWEEN = r"(?:[^[:alnum:]]|&#x27;|&#39;|&nbsp;){1,3}"
_BETWEEN_PYTHON = r"(?:[\W_]|&#x27;|&#39;|&nbsp;){1,3}"
LEAST_DIGITS = 10


@dataclass(frozen=True)
class PersonMarks:
    """A name, an e-mail, a telephone; any may be empty. A name of one word marks nobody."""

    name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def digits(self) -> str:
        """The ten digits of the telephone, without the country's; empty where there are fewer."""
        found = re.sub(r"\D", "", self.phone)
        return found[-LEAST_DIGITS:] if len(found) >= LEAST_DIGITS else ""

    @property
    def words(self) -> list[str]:
        words = fold_text(self.name).split()
        return words if len(words) > 1 else []

    @property
    def says_nothing(self) -> bool:
        return not (self.words or self.email or self.digits)

    def sql(self, *, sure: bool = False) -> str:
        """For `iregex`; `sure`: without the name, which others may bear. Empty where there is nothing to look for."""
        names = [] if sure else self._names(_BETWEEN)
        return "|".join([*self._emails(), *self._phones(), *names])

    @cached_property
    def sure_pattern(self) -> re.Pattern[str] | None:
        return self._pattern([*self._emails(), *self._phones()])

    @cached_property
    def name_pattern(self) -> re.Pattern[str] | None:
        return self._pattern(self._names(_BETWEEN_PYTHON))

    def is_surely_in(self, text: str) -> bool:
        return bool(self.sure_pattern and self.sure_pattern.search(text))

    def is_in(self, text: str) -> bool:
        return self.is_surely_in(text) or bool(self.name_pattern and self.name_pattern.search(text))

    def unnamed(self, value: Any, *, someone: str, gone: str) -> Any:
        """A text, or a JSON value, that no longer says who: `someone` for the name, `gone` for how to reach them.

        A text that is nothing else than an address or a number becomes empty.
        """
        if isinstance(value, str):
            return self._unnamed_text(value, someone, gone)
        if isinstance(value, list):
            return [self.unnamed(item, someone=someone, gone=gone) for item in value]
        if isinstance(value, dict):
            return {
                self._unnamed_text(key, someone, gone): self.unnamed(item, someone=someone, gone=gone)
                for key, item in value.items()
            }
        return value

    def _unnamed_text(self, text: str, someone: str, gone: str) -> str:
        if self.sure_pattern:
            whole = self.sure_pattern.fullmatch(text.strip())
            text = "" if whole else self.sure_pattern.sub(gone, text)
        return self.name_pattern.sub(someone, text) if self.name_pattern else text

    def _pattern(self, choices: list[str]) -> re.Pattern[str] | None:
        """Whole ones only: « marie@coop.ca » is not in « anne.marie@coop.ca », « Marie Roy » not in « Anne-Marie Roy »."""
        if not choices:
            return None
        return re.compile(rf"(?<![\w.+-])(?:{'|'.join(choices)})(?![\w]|[.-]\w)", re.IGNORECASE)

    def _emails(self) -> list[str]:
        spellings = (self.email, escape(self.email), quote(self.email)) if self.email else ()
        return [re.escape(spelling) for spelling in dict.fromkeys(spellings)]

    def _phones(self) -> list[str]:
        if not self.digits:
            return []
        apart = r"[^0-9a-zA-Z]{0,3}"
        return [rf"(?:\+?1{apart})?\(?{apart.join(self.digits)}"]

    def _names(self, between: str) -> list[str]:
        words = ["".join(f"[{_LETTERS.get(c, c)}]" for c in word) for word in self.words]
        if not words:
            return []
        last_first = [words[-1], *words[:-1]]
        return [between.join(words), between.join(last_first)]


def person_hashes(marks: PersonMarks) -> list[str]:
    """Keyed digests that tell the same person again and nobody's name: of the e-mail, and of the number with the name."""
    said = [f"email:{marks.email.strip().lower()}"] if marks.email else []
    if marks.digits:
        said.append(f"phone:{marks.digits}:{' '.join(sorted(marks.words))}")
    return [_hash(one) for one in said]


def enterprise_hash(marks: PersonMarks, neq_or_name: str) -> str:
    """Of the name at one enterprise, for who has neither e-mail nor telephone there; empty without a whole name."""
    words = " ".join(sorted(fold_text(marks.name).split()))
    return _hash(f"name:{words}:{fold_text(neq_or_name)}") if words and neq_or_name else ""


def _hash(text: str) -> str:
    return salted_hmac(
        "marketplace.accounts.erased", text, secret=settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()
