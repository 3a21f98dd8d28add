"""Reads what a person types as wishes: what, where, how many, how much, who. Both languages at once, whatever the page's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.classification.codes import code_ancestors, parse_code_prefix
from marketplace.classification.labels import code_label, known_code_labels
from marketplace.classification.lexicon.words import JOINING
from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.places import current_gazetteer
from marketplace.territories.points import NOWHERE, Place
from marketplace.territories.title_places import current_title_reader
from marketplace.web.folding import fold_text
from marketplace.web.languages import is_english
from marketplace.web.process_cache import cached_in_process
from marketplace.web.typography import format_money_short, format_number

from .meanings import MOST_SENSES, prepared_lexicon
from .numbers import is_number, read_amount, read_people
from .places import here_spans, read_place, read_postal_code
from .small_words import EMPTY, FAINT, FORMS, KIN, WHOSE
from .stems import stem_words
from .tokens import Token, split_quoted, split_tokens, text_without
from .wishes import MOST_WISHES, Chip, ChipKind, What, Wishes

MOST_WORDS = 14
_NEQ = re.compile(r"(?:neq)?[\s:.#-]*(\d(?:[\s-]?\d){9})")
_CODE = re.compile(r"(?<![\w-])(?:(?:code\s+)?unspsc|code)[\s:#-]*(\d[\d\s.]{0,10}\d)(?!\w)", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w$.,-])(\d{4}(?:\d\d){0,2})(?![\w$-]|[.,]\d)")


def read_wishes(text: str) -> Wishes:
    """Read a text of at most `filters.MAX_TEXT` characters; at most one small SQL query on a warm process."""
    text = text.replace("\x00", " ").strip()
    if not text:
        return Wishes()
    if match := _NEQ.fullmatch(text.casefold()):
        return Wishes(asked=text, neq=re.sub(r"\D", "", match[1]))
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.rest, self.quoted = split_quoted(text)
        self.chips: list[Chip] = []
        self.postal = ""

    def read(self) -> Wishes:
        tokens = split_tokens(self.text)
        stems = stem_words(token.key for token in tokens)  # of all words at once
        codes = self._codes()
        amount = read_amount(self.rest)
        if amount:
            self._understood("amount", format_money_short(amount.value), amount.start, amount.end)
        people = read_people(self.rest, split_tokens(self.rest))
        if people:
            label = ngettext("%(n)s personne", "%(n)s personnes", people.value)
            self._understood(
                "people",
                label % {"n": format_number(people.value)},
                people.start,
                people.end,
                part=people.kind,
            )
        place, place_label = self._place()
        whats = [*codes, *self._exact(), *self._words()]
        name = [stems[token.key] for token in tokens if token.key not in EMPTY and stems[token.key]]
        if whats and all(what.faint for what in whats) and not place:
            whats = [_firm(what) for what in whats]
        neq = ""
        if len(tokens) == 1 and tokens[0].key.isdigit() and 4 <= len(tokens[0].key) <= 9:
            neq = tokens[0].key
        wishes = Wishes(
            asked=self.text,
            whats=tuple(whats[:MOST_WISHES]),
            neq=neq,
            name_stems=tuple(dict.fromkeys(name)),
            name_key=fold_text(self.text)[:255],
            place=place,
            place_label=place_label,
            postal=self.postal,
            people=people.value if people else None,
            amount=amount.value if amount else None,
            chips=(
                *(self._chip("what", what) for what in whats if not what.faint and not what.is_code),
                *self.chips,
            ),
        )
        return wishes if wishes else Wishes(asked=self.text, message=_nothing_to_seek(self.text))

    def _is_small(self, token: Token) -> bool:
        """« the » and « it » are, « thé » and « IT » are not."""
        written = self.text[token.start : token.end]
        is_acronym = (
            len(written) in (2, 3, 4)
            and written.isupper()
            and (len(self.text) < 5 or not self.text.isupper())
        )
        return token.key in EMPTY and not is_acronym and (token.key != "the" or written.isascii())

    def _understood(self, kind: ChipKind, label: str, start: int, end: int, *, part: bool = False) -> None:
        """`part`: what stands before and after still belongs together (« conduire 20 aînés »)."""
        blank = " " if part else "\x01"
        self.rest = self.rest[:start] + blank + " " * (end - start - 1) + self.rest[end:]
        self.chips.append(Chip(kind=kind, label=label, without=text_without(self.text, [(start, end)])))

    def _chip(self, kind: ChipKind, what: What) -> Chip:
        return Chip(kind=kind, label=what.label, without=text_without(self.text, [(what.start, what.end)]))

    def _codes(self) -> list[What]:
        """Codes as people type them: named so, or digits that are the beginning of a known code."""
        found: list[What] = []
        for pattern, is_said in ((_CODE, True), (_DIGITS, False)):
            for match in pattern.finditer(self.rest):
                prefix = parse_code_prefix(match[1])
                alone = match[0] == self.text or len(match[1]) > 4  # « 5000 dépliants » are no code
                if prefix is None or not (is_said or (alone and prefix in known_prefixes())):
                    continue
                label = " ".join([prefix.ljust(8, "0"), code_label(prefix)]).strip()
                found.append(
                    What(label=label, start=match.start(), end=match.end(), codes=_code_and_above(prefix))
                )
        for what in found:
            self._understood("code", what.label, what.start, what.end)
        return found

    def _place(self) -> tuple[Place, str]:
        gazetteer = current_gazetteer()
        tokens = split_tokens(self.rest)
        for at in here_spans(tokens):
            token = tokens[at]
            self.rest = self.rest[: token.start] + " " * (token.end - token.start) + self.rest[token.end :]
        if postal := read_postal_code(self.rest, gazetteer):
            place, label, start, end = postal
            self.postal = label[:3]
            self._understood("where", label, start, end)
            return place, label
        tokens = split_tokens(self.rest)
        lexicon = prepared_lexicon()
        keys = [token.key for token in tokens]
        #: « low-cost housing » is not in the municipality of Low, « fête de la Saint-Jean » in no Saint-Jean.
        inside = {
            " ".join(keys[first:last])
            for term in lexicon.lexicon.find(" ".join(keys))
            for first in range(term.start, term.end)
            for last in range(first + 1, term.end + 1)
            if term.end - term.start > last - first
        }
        named = read_place(
            tokens, gazetteer, current_title_reader(), lambda word: word in lexicon.words or word in inside
        )
        if not named:
            return NOWHERE, ""
        self._understood("where", named.label, tokens[named.start].start, tokens[named.end - 1].end)
        return named.place, named.label

    def _exact(self) -> list[What]:
        found = []
        for said, start, end in self.quoted:
            keys = [token.key for token in split_tokens(said)]
            stems = stem_words(keys)
            known = tuple(stems[key] for key in keys if stems[key])
            if known:
                found.append(
                    What(label=said, start=start, end=end, keys=tuple(keys), stems=known, exact=True)
                )
        return found

    def _form(self, token: Token) -> What | None:
        """The legal form that a word says, as a wish beside what is wished."""
        if not (form := FORMS.get(token.key)):
            return None
        label = self.text[token.start : token.end]
        return What(
            label=label,
            start=token.start,
            end=token.end,
            keys=(token.key,),
            stems=(form,),
            faint=True,
            is_form=True,
        )

    def _words(self) -> list[What]:
        """The terms of the lexicon that the rest of the text names, then the words that are left."""
        tokens = split_tokens(self.rest)
        lexicon = prepared_lexicon()
        stems = stem_words(token.key for token in tokens)
        gaps = {
            at for at in range(1, len(tokens)) if "\x01" in self.rest[tokens[at - 1].end : tokens[at].start]
        }
        found: list[tuple[int, What]] = []
        taken: set[int] = set()
        for first, last in _stretches(len(tokens), gaps):
            said = " ".join(token.key for token in tokens[first:last])
            for term in lexicon.lexicon.find(said):
                start, end = first + term.start, first + term.end
                written = self.text[tokens[start].start : tokens[end - 1].end]
                only_english = all(sense.languages == {"en"} for sense in term.senses)
                if only_english and not written.replace("’", "'").isascii():
                    continue  # « former nos employés » are no “former employees”
                own = [at for at in range(start, end) if tokens[at].key not in JOINING]
                if len(own) == 1:
                    own = [at for at in own if not self._is_small(tokens[at])]
                faint = all(tokens[at].key in FAINT for at in own)  # or none is left: « can », « the »
                if faint and len(own) < 2:
                    continue
                known = tuple(stems[tokens[at].key] for at in own if stems[tokens[at].key])
                english = only_english and len(own) == 1 and is_english()
                if english and not set(known) <= _singulars(tokens[own[0]].key):
                    known = ()  # « tenants » is stemmed to « tennis »
                senses = lexicon.senses(" ".join(tokens[at].key for at in own), term.senses)[:MOST_SENSES]
                if not senses:
                    continue
                others = lexicon.alternatives(senses)
                what = What(
                    label=written,
                    start=tokens[start].start,
                    end=tokens[end - 1].end,
                    keys=tuple(tokens[at].key for at in own),
                    stems=known,
                    alternatives=tuple((term, w) for term, w in others.terms if term != known),
                    codes=others.codes,
                    meanings=tuple(sense.meaning.key for sense in senses),
                    faint=faint,
                    for_whom=_says_for_whom(tokens, start) or all(tokens[at].key in KIN for at in own),
                    led=not any(sense.both_ways for sense in senses),
                    english=english,
                    unfinished=end == len(tokens),
                )
                found.append((start, what))
                taken |= set(range(start, end))
                if not faint:
                    found += [(at, form) for at in own if (form := self._form(tokens[at]))]
        for at, token in enumerate(tokens):
            stem = stems[token.key]
            if at in taken or self._is_small(token) or not stem:
                continue
            if form := self._form(token):
                found.append((at, form))
                continue
            faint = token.key in FAINT or token.key in KIN or is_number(token.key) or len(token.key) == 1
            what = What(
                label=self.text[token.start : token.end],
                start=token.start,
                end=token.end,
                keys=(token.key,),
                stems=(stem,),
                faint=faint,
                for_whom=_says_for_whom(tokens, at),
                unfinished=at == len(tokens) - 1 and self.rest[token.end :].strip() == "",
            )
            found.append((at, what))
        return [what for _at, what in sorted(_once(found), key=lambda one: one[0])][:MOST_WORDS]


def _singulars(word: str) -> set[str]:
    return {word, word.removesuffix("s"), word.removesuffix("es")}


def _says_for_whom(tokens: list[Token], at: int) -> bool:
    """After « nos », or one word further: « for my elderly father »."""
    return any(token.key in WHOSE for token in tokens[max(0, at - 2) : at])


def _once(found: Iterable[tuple[int, What]]) -> list[tuple[int, What]]:
    """Each wish once: « garderie, garderie » asks no more than « garderie »."""
    kept: dict[tuple[str, ...], tuple[int, What]] = {}
    for at, what in found:
        kept.setdefault(what.stems or what.keys, (at, what))
    return list(kept.values())


def _stretches(count: int, gaps: set[int]) -> list[tuple[int, int]]:
    edges = [0, *sorted(gaps), count]
    return [(a, b) for a, b in pairwise(edges) if a < b]


def _firm(what: What) -> What:
    return replace(what, faint=False, is_form=False)


def _code_and_above(prefix: str) -> tuple[tuple[str, float], ...]:
    """A code and, less surely, what it is a kind of: its class and its family."""
    above = [code for code in reversed(code_ancestors(prefix)) if len(code) >= 4] or [prefix]
    return tuple((code, weight) for code, weight in zip(above, (1.0, 0.4, 0.15), strict=False))


@cached_in_process
def known_prefixes() -> frozenset[str]:
    """Every code that has a label, as a prefix, with what it is a kind of."""
    return frozenset(above for code in known_code_labels() for above in code_ancestors(code))


def place_of_token(token: str) -> Place:
    """The place of « 371 » or « R04 », as `territoire` asks it."""
    if token.startswith("R") and token[1:] in region_names():
        return Place(region=token[1:], how="region")
    if mrc := mrcs_by_code().get(token):
        return Place(mrc=token, region=mrc.region, lat=mrc.lat, lon=mrc.lon, how="mrc")
    return NOWHERE


def _nothing_to_seek(text: str) -> str:
    return _(
        "« %(text)s » ne contient aucun mot à chercher. Nommez un bien, un service ou une entreprise."
    ) % {"text": text if len(text) <= 40 else text[:39] + "…"}
