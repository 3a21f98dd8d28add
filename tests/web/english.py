"""What a Canadian reader of English would correct in a sentence (docs/english.md), as faults that a test can find."""

import re

FAULTS = {
    "an apostrophe is straight": re.compile(r"[A-Za-z]'[A-Za-z]|s' "),
    "a quotation mark is straight": re.compile(r'"'),
    "guillemets are French": re.compile(r"[«»]"),
    "a space stands before a colon, a semicolon or a mark": re.compile(r"[ \u00a0\u202f][:;?!]"),
    "a colon touches the next word": re.compile(r"[A-Za-z]:(?!//)[A-Za-z]"),
    "it exclaims": re.compile(r"!"),
    "three dots stand for an ellipsis": re.compile(r"\.\.\."),
    "a comma stands before the last of a list": re.compile(r"\w+, \w+, and \w+"),
    "a dollar sign follows its amount": re.compile(r"\d[\d,.]*[ \u00a0][kMG]?\$"),
    "a space is doubled": re.compile(r"  "),
    "it says e-mail": re.compile(r"\be-mails?\b", re.IGNORECASE),
    "it is not spelt as in Canada": re.compile(
        r"\b(?:color|favor|honor|labor|behavior|center|check(?=s? payable)|licens(?=e\b)|organis|realis|recognis|catalog\b"
        r"|programme|fulfil\b|judgement)",
        re.IGNORECASE,
    ),
    "it is a French word": re.compile(
        r"\b(?:fiche|courriel|OBNL|SCIAN|fournisseur|acheteur|avis|économie|répertoire|appel d)",
        re.IGNORECASE,
    ),
}
QUIET = re.compile(r"<[^>]*>|%\(\w+\)[sd]|{\w*}")


def faults(sentence: str) -> list[str]:
    """What is wrong with an English sentence; markup and named places aside."""
    said = QUIET.sub("x", sentence)
    return [why for why, fault in FAULTS.items() if fault.search(said)]
