"""Lists of codes for forms, facets and labels: code → French label, in the order to show. No SQL on a warm page."""

from __future__ import annotations

from marketplace.web.remembered import remembered

from .models import Certification, Purpose, SeaoCategory, Sector


@remembered
def sectors() -> dict[str, str]:
    """SCIAN sectors by their first two digits: « 31 » → « Fabrication »."""
    return dict(Sector.objects.order_by("code").values_list("code", "label"))


@remembered
def spans() -> dict[str, str]:
    """SCIAN sectors as they are printed: « 31 » → « 31-33 »."""
    return dict(Sector.objects.order_by("code").values_list("code", "span"))


@remembered
def purposes() -> dict[str, str]:
    """Finalités: « insertion » → « Insertion en emploi »."""
    return dict(Purpose.objects.order_by("position", "label").values_list("code", "label"))


@remembered
def certifications() -> dict[str, str]:
    """« iso-14001 » → « ISO 14001 (management environnemental) »."""
    return dict(Certification.objects.order_by("label").values_list("code", "label"))


@remembered
def seao_categories() -> dict[str, str]:
    """« G17 » → « Ameublement »."""
    return dict(SeaoCategory.objects.order_by("code").values_list("code", "label"))
