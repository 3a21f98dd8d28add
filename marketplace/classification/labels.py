"""What codes are called, in the reader's language: UNSPSC codes, sectors, purposes, certifications, SEAO categories.

No SQL on a warm page. Of UNSPSC, segments, families and the classes of the lexicon come from reference tables, the rest is learnt from notices or imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from marketplace.classification.codes import code_ancestors, code_level, normalise_code, parent_code
from marketplace.web.folding import fold_text
from marketplace.web.languages import is_english
from marketplace.web.process_cache import cached_in_process

from .labelled import in_english
from .models import Certification, Purpose, SeaoCategory, Sector, UnspscCode

LONGEST = 255


@cached_in_process
def known_code_labels() -> dict[str, str]:
    """Every code that has a label, in eight digits: « 56100000 » → « Mobilier d’habitation et d’hébergement »."""
    return dict(UnspscCode.objects.exclude(label="").values_list("code", "label"))


@cached_in_process
def known_english_labels() -> dict[str, str]:
    """The same in English, for the codes that have it. Notices teach French."""
    return dict(UnspscCode.objects.exclude(label_en="").values_list("code", "label_en"))


def code_label(code: str) -> str:
    """The label of a code or prefix, else that of its nearest ancestor that has one; "" where none has.

    In the reader's language; a label that a notice taught stays French, which says more than the English of its family.
    """
    labels = known_code_labels()
    for above in reversed(code_ancestors(code)):
        whole = above.ljust(8, "0")
        if label := labels.get(whole):
            return in_english(label, known_english_labels().get(whole, "")) if is_english() else label
    return ""


def learn_code_labels(labelled: Iterable[tuple[str, str]]) -> None:
    """Keep the labels that notices give, where a code has none yet; no SQL where nothing is new.

    What is no code, or no label, is passed over.
    """
    labels = known_code_labels()
    new: dict[str, str] = {}
    for text, label in labelled:
        code, label = normalise_code(text or ""), " ".join((label or "").split())[:LONGEST]
        if code and label and code not in labels:
            new.setdefault(code, label)
    if not new:
        return
    ensure_codes(new)
    rows = list(UnspscCode.objects.select_for_update().filter(code__in=new, label="").order_by("code"))
    for row in rows:
        row.label, row.source = new[row.code], UnspscCode.Source.FEED
    UnspscCode.objects.bulk_update(rows, ["label", "source"])
    transaction.on_commit(lambda: labels.update(new))


def ensure_codes(texts: Iterable[str]) -> list[str]:
    """Make sure that these codes and their ancestors have rows; returns the codes in eight digits, known ones only."""
    wanted = [code for text in texts if (code := normalise_code(text))]
    family = {above.ljust(8, "0") for code in wanted for above in code_ancestors(code)}
    missing = family - set(UnspscCode.objects.filter(code__in=family).values_list("code", flat=True))
    UnspscCode.objects.bulk_create(
        [
            UnspscCode(code=code, level=code_level(code), parent_id=parent_code(code))
            for code in sorted(
                missing
            )  # in this order parents come first, and two imports do not lock each other
        ],
        ignore_conflicts=True,
    )
    return wanted


COLUMNS = ("code", "label", "label_en")


@dataclass(frozen=True, slots=True)
class Labels:
    """Code → label, in both languages, each in its own order."""

    french: dict[str, str]
    english: dict[str, str]

    def here(self) -> dict[str, str]:
        """In the reader's language. Read-only: it is shared."""
        return self.english if is_english() else self.french


def labels_of(rows: Iterable[tuple[str, str, str]], *, by_name: bool = False) -> Labels:
    """From (code, French, English), in the order given; `by_name` puts the English in the order of its words."""
    rows = list(rows)
    english = [(code, in_english(french, words)) for code, french, words in rows]
    if by_name:
        english.sort(key=lambda entry: fold_text(entry[1]))
    return Labels(french={code: french for code, french, _words in rows}, english=dict(english))


def sector_names() -> dict[str, str]:
    """SCIAN sectors by their first two digits: « 31 » → « Fabrication »."""
    return _sectors().here()


@cached_in_process
def sector_spans() -> dict[str, str]:
    """SCIAN sectors as they are printed: « 31 » → « 31-33 »."""
    return dict(Sector.objects.order_by("code").values_list("code", "span"))


def purpose_labels() -> dict[str, str]:
    """Finalités: « insertion » → « Insertion en emploi »."""
    return _purposes().here()


def certification_labels() -> dict[str, str]:
    """« iso-14001 » → « ISO 14001 (management environnemental) »."""
    return _certifications().here()


def seao_category_labels() -> dict[str, str]:
    """« G17 » → « Ameublement »."""
    return _seao_categories().here()


@cached_in_process
def _sectors() -> Labels:
    return labels_of(Sector.objects.order_by("code").values_list(*COLUMNS))


@cached_in_process
def _purposes() -> Labels:
    return labels_of(Purpose.objects.order_by("position", "label").values_list(*COLUMNS))


@cached_in_process
def _certifications() -> Labels:
    return labels_of(Certification.objects.order_by("label").values_list(*COLUMNS), by_name=True)


@cached_in_process
def _seao_categories() -> Labels:
    return labels_of(SeaoCategory.objects.order_by("code").values_list(*COLUMNS))
