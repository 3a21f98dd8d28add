"""What seeded enterprises say of themselves and of what they sell."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from suppliers.models import LegalForm

from .addresses import PopulatedTown
from .french_names import IN_REGION, OF_REGION, at_town, of_town
from .prose import Fragment, Words
from .seed_data import COMMON, Trade

#: Regions where an enterprise often answers in two languages, or in three.
TWO_LANGUAGES = {"05", "06", "07", "11", "13", "16"}


@dataclass(frozen=True)
class Voice:
    """What one enterprise writes with: the same year and the same number of people wherever it speaks. `size`: 0 to 1."""

    rng: Random
    trade: Trade
    form: LegalForm
    town: PopulatedTown
    words: Words
    size: float

    def say(self, fragments: tuple[Fragment, ...]) -> str:
        """One of these fragments, written out."""
        chosen = fragments[int(self.rng.random() * len(fragments))]
        return chosen(self.rng, self.words, self.size)


def voice_of(
    rng: Random, trade: Trade, form: LegalForm, town: PopulatedTown, *, staff: int, size: float, until: int
) -> Voice:
    """Founded at the latest two years before `until`."""
    year = trade.since + int((until - 2 - trade.since) * rng.random())
    words = {
        "town": town.name,
        "de_town": of_town(town.name),
        "a_town": at_town(town.name),
        "en_region": IN_REGION[town.region],
        "de_region": OF_REGION[town.region],
        "year": str(year),
        "staff": str(staff),
    }
    return Voice(rng, trade, form, town, words, size)


def describe_activity(voice: Voice, purposes: set[str]) -> str:
    """A lead, where it comes from, how it works, for whom: four to six sentences."""
    rng, trade = voice.rng, voice.trade
    parts = [voice.say(trade.lead), voice.say(COMMON["history"][voice.form.value])]
    mission = _mission(voice.form, purposes)
    if mission:
        parts.append(voice.say(COMMON["mission"][mission]))
    details = rng.sample(trade.detail, min(len(trade.detail), 2 if rng.random() < 0.45 else 1))
    parts += [detail(rng, voice.words, voice.size) for detail in details]
    if rng.random() < 0.55 and len(trade.clients) > 2:
        parts.append(_clients(voice))
    draw = rng.random()
    if draw < 0.2:
        parts.append(voice.say(COMMON["practical"]["sentences"]))
    elif draw < 0.3 and voice.town.region in TWO_LANGUAGES:
        parts.append(voice.say(COMMON["practical"]["two_languages"]))
    return " ".join(parts)


def _mission(form: LegalForm, purposes: set[str]) -> str:
    if "handicap" in purposes:
        return "handicap"
    if "insertion" in purposes:
        return "insertion_obnl" if form is LegalForm.OBNL else "insertion_coop"
    return ""


def _clients(voice: Voice) -> str:
    chosen = voice.rng.sample(voice.trade.clients, 3)
    named = {f"c{n}": client(voice.rng, voice.words, voice.size) for n, client in enumerate(chosen, 1)}
    sentences = COMMON["clients"]["sentences"]
    return sentences[int(voice.rng.random() * len(sentences))](voice.rng, named, voice.size)


def describe_offer(voice: Voice, title: str) -> str:
    """Two to four sentences: what, how much, at what price; some say less."""
    first, *others = voice.trade.texts[title]
    if len(others) > 1 and voice.rng.random() < 0.25:
        others.pop(int(voice.rng.random() * len(others)))
    return " ".join(one(voice.rng, voice.words, voice.size) for one in (first, *others))
