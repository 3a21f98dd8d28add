"""Names as they are compared: the same folding in Python as `f_fold` does in the database."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_ACCENTS = re.compile("[\u0300-\u036f]")
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def fold_text(text: str) -> str:
    """Lower case without accents, one space between words: « L’Île-d’Œuvre » is « l ile d oeuvre »."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.translate(_LIGATURES)))
    return _BETWEEN_WORDS.sub(" ", text.lower()).strip()
