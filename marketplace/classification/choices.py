"""Lists of codes for forms, facets and labels: code → label in the reader's language. No SQL on a warm page."""

from __future__ import annotations

from marketplace.web.process_cache import cached_in_process

from .bilingual import Labels, labels_of
from .models import Certification, Purpose, SeaoCategory, Sector

COLUMNS = ("code", "label", "label_en")


def sectors() -> dict[str, str]:
    """SCIAN sectors by their first two digits: « 31 » → « Fabrication »."""
    return _sectors().here()


@cached_in_process
def spans() -> dict[str, str]:
    """SCIAN sectors as they are printed: « 31 » → « 31-33 »."""
    return dict(Sector.objects.order_by("code").values_list("code", "span"))


def purposes() -> dict[str, str]:
    """Finalités: « insertion » → « Insertion en emploi »."""
    return _purposes().here()


def certifications() -> dict[str, str]:
    """« iso-14001 » → « ISO 14001 (management environnemental) »."""
    return _certifications().here()


def seao_categories() -> dict[str, str]:
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
