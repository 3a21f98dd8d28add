"""What UNSPSC codes are called: segments and families from the reference table, the rest learnt from notices."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from marketplace.web.languages import is_english
from marketplace.web.process_cache import cached_in_process

from . import codes
from .bilingual import in_english
from .models import UnspscCode

LONGEST = 255


@cached_in_process
def known() -> dict[str, str]:
    """Every code that has a label, in eight digits: « 56100000 » → « Mobilier d’habitation et d’hébergement »."""
    return dict(UnspscCode.objects.exclude(label="").values_list("code", "label"))


@cached_in_process
def known_in_english() -> dict[str, str]:
    """The same in English, for the codes that have it: segments and families. Notices teach French."""
    return dict(UnspscCode.objects.exclude(label_en="").values_list("code", "label_en"))


def code_label(code: str) -> str:
    """The label of a code or prefix, else that of its nearest ancestor that has one; "" where none has.

    In the reader's language; a label that a notice taught stays French, which says more than the English of its family.
    """
    labels = known()
    for above in reversed(codes.ancestors(code)):
        whole = above.ljust(8, "0")
        if label := labels.get(whole):
            return in_english(label, known_in_english().get(whole, "")) if is_english() else label
    return ""


def learn(code: str, label: str) -> None:
    """Keep the label that a notice gives, if the code has none yet. What is no code, or no label, is passed over."""
    learn_all([(code, label)])


def learn_all(labelled: Iterable[tuple[str, str]]) -> None:
    """`learn` for many at once: no SQL where nothing is new. The first label of a code stays."""
    labels = known()
    new: dict[str, str] = {}
    for text, label in labelled:
        code, label = codes.normalise(text or ""), " ".join((label or "").split())[:LONGEST]
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
    wanted = [code for text in texts if (code := codes.normalise(text))]
    family = {above.ljust(8, "0") for code in wanted for above in codes.ancestors(code)}
    missing = family - set(UnspscCode.objects.filter(code__in=family).values_list("code", flat=True))
    UnspscCode.objects.bulk_create(
        [
            UnspscCode(code=code, level=codes.level(code), parent_id=codes.parent(code))
            for code in sorted(
                missing
            )  # in this order parents come first, and two imports do not lock each other
        ],
        ignore_conflicts=True,
    )
    return wanted
