"""Names as they are compared: the same folding in Python as `f_fold` does in the database."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})


def fold(text: str) -> str:
    """Lower case without accents, one space between words: « L’Île-d’Œuvre » is « l ile d oeuvre »."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES)).lower()
    return re.sub(r"[^a-z0-9]+", " ", "".join(c for c in plain if not unicodedata.combining(c))).strip()
