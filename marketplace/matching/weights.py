"""What each piece of evidence is worth. Figures with two decimals were learnt on the training part of real awards; round
ones are judgement, for want of data on what suppliers declare (docs/matching.md says which data and how)."""

from __future__ import annotations

from typing import Literal

Piece = Literal[
    "words", "name", "code_offered", "code_past", "habit", "segment", "family", "category", "places", "buyer",
    "region", "seat", "near", "recent", "wins",
]  # fmt: skip

#: Evidence of what is bought.
TOPIC: dict[Piece, float] = {
    "words": 4.29,  # the part of the title that its own text or past notices cover
    "habit": 0.55,  # words of the title that are frequent in past notices
    "name": 1.39,  # words of the title in the supplier's name
    "code_offered": 3.0,
    "code_past": 1.43,
    "segment": 0.12,
    "family": 0.25,
    "category": 0.48,
}
#: Of these the best counts.
CODES: tuple[Piece, ...] = ("code_offered", "code_past")

#: Evidence of who buys, of where, and of how active a supplier is: it counts as far as the topic fits.
SETTING: dict[Piece, float] = {
    "places": 0.25,  # towns of the title that are frequent in past notices
    "buyer": 0.29,
    "region": 0.59,
    "seat": 0.24,
    "near": 0.87,
    "recent": 1.15,
    "wins": 0.26,
}
SETTING_NEEDS = 0.2

#: How near a shared code is, by its number of digits, and how often a code of that level is met before any was counted.
DEPTH = {2: 0.25, 4: 0.5, 6: 0.8, 8: 1.0}
USUAL_SHARE = {2: 1 / 50, 4: 1 / 300, 6: 1 / 1500, 8: 1 / 5000}

#: So many notices are imagined beside those seen, so that a new installation does not take its first ones for the rule.
IMAGINED = 100

SMALLEST_SHARE = 0.001
SMALLEST_SHARE_OF_WORDS = 0.00001
#: A supplier's past is mixed with this much of everyone's: one notice, ten words.
SMOOTHING = 1.0
SMOOTHING_WORDS = 10.0
#: How many past notices make a word half known.
HALF_KNOWN = 0.7
#: Nearness falls to a third at this distance.
NEAR_KM = 40.0

#: Evidence of this much gives 63 points, twice as much 86.
SCALE = 4.0
#: What points are multiplied by where the supplier does not deliver there, or declares much smaller contracts.
ELSEWHERE = 0.3
TOO_LARGE = 0.6
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
