"""What each piece of evidence is worth. `weights.toml` says what was learnt from real awards, by `fit_matching`, and what is
judgement for want of data on what suppliers declare (docs/matching.md)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, cast

Piece = Literal[
    "words", "meant", "words_past", "name", "code_offered", "code_past", "alike", "beside", "habit", "segment", "family", "category",
    "places", "buyer", "region", "method", "nature", "buyer_kind", "seat", "near", "reach", "recent", "wins",
]  # fmt: skip

FILE = Path(__file__).with_name("weights.toml")


def read_weights(path: Path = FILE) -> dict[str, Any]:
    """The file with its date, its data and its figures."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


_read = read_weights()
#: Evidence of what is bought, and of who buys, where, and how active a supplier is: that counts as far as the topic fits.
TOPIC: dict[Piece, float] = cast("dict[Piece, float]", _read["topic"])
SETTING: dict[Piece, float] = cast("dict[Piece, float]", _read["setting"])
#: The same fact, declared (in these words or in others) and shown by past notices: of each the weightiest counts.
PAIRS: tuple[tuple[Piece, ...], ...] = (("words", "meant", "words_past"), ("code_offered", "code_past"))
PAIRED: frozenset[Piece] = frozenset(piece for pair in PAIRS for piece in pair)
SETTING_NEEDS = 0.2

#: What a word of a title counts for: one that names a trade 1; beside such a one; of the procedure, or said of any supplier.
BESIDE, FAINT = 0.25, 0.15
#: How near a shared code is, by its number of digits, and how often a code of that level is met before any was counted.
DEPTH = {2: 0.25, 4: 0.5, 6: 0.8, 8: 1.0}
USUAL_SHARE = {2: 1 / 50, 4: 1 / 300, 6: 1 / 1500, 8: 1 / 5000}

#: So many notices are imagined beside those seen, so that a new installation does not take its first ones for the rule.
IMAGINED = 100
#: So many texts without the word are imagined beside the directory's, and no word is in more than this share of them.
IMAGINED_TEXTS = 1000
MOST_SPREAD = 0.9

SMALLEST_SHARE = 0.001
SMALLEST_SHARE_OF_WORDS = 0.00001
#: A supplier's past is mixed with this much of everyone's: one notice, ten words.
SMOOTHING = 1.0
SMOOTHING_WORDS = 10.0
#: How many past notices make a word half known.
HALF_KNOWN = 0.7
#: Nearness falls to a third at this distance; so does what is within reach, in a region whose towns are not told apart.
NEAR_KM = 40.0
REACH_KM = 150.0

#: Past notices alike (`past_notices`): what the same buyer, MRC, region, method and nature add to the likeness of titles,
#: and after how many years a third of it is left.
SAME_BUYER = 0.7
SAME_MRC = 0.3
SAME_REGION = 0.7
SAME_METHOD = 0.2
SAME_NATURE = 0.2
FADES_IN_YEARS = 8.0
#: A bid beside a contract; how steeply likeness counts; and how soon more of it counts less.
BID = 0.5
LIKENESS_POWER = 2.0
LIKENESS_SCALE = 20.0
#: From this likeness of titles on, a past notice is named as the reason.
ALIKE = 0.3
#: Evidence of this much makes « it bids beside those who win them » a reason.
MEETS = 0.4

#: Evidence of this much gives 63 points, twice as much 86.
SCALE = 4.0
#: What points are multiplied by where the supplier does not deliver there, or declares much smaller contracts.
ELSEWHERE = 0.3
TOO_LARGE = 0.6
#: What points are multiplied by for each lesson that the supplier taught and that holds; a trade is told by the class of a
#: code; what is nearly as far, as large or as small as what was refused is so too.
TAUGHT = 0.5
CLASS_DIGITS = 6
NEARLY = 0.9
#: A contract fits up to this part of the declared capacity, and is near the ceiling up to the other.
NEAR_CEILING = 0.9
PAST_CEILING = 1.1

#: A suggestion needs this many points to be kept, and this much evidence of what is bought.
FLOOR = 30.0
TOPIC_FLOOR = 1.2

#: The part of a title's words, by rarity, from which common words are a reason, and from which they say « the same ».
FEW_WORDS = 0.2
MANY_WORDS = 0.6
#: Of the common words a reason names those that are at least this rare beside the rarest.
TELLING = 0.4
#: From this part of a title's words on, a past notice is called similar.
SIMILAR = 0.35
