"""The list as it came, with what was found: CSV or XLSX."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.dealings.models import OwnList
from marketplace.dealings.own_lists.columns import LABELS
from marketplace.dealings.own_lists.panels import state_said, why_said
from marketplace.web.emails import absolute_url
from marketplace.web.typography import format_neq
from suppliers.models import Status


def table_of(own_list: OwnList) -> Iterator[list[Any]]:
    """One line for each row of the file, in its order; what its columns did not hold is left out."""
    shown = [name for name in LABELS if name in own_list.columns]
    yield [
        _("Ligne"),
        *(str(LABELS[name]) for name in shown),
        _("Résultat"),
        _("Entreprise au répertoire"),
        _("NEQ de l’entreprise"),
        _("Page de l’entreprise"),
        _("Confiance (sur 100)"),
        _("Raisons"),
        _("Décision de"),
        _("À vérifier dans le fichier"),
    ]
    rows = own_list.rows.select_related("supplier__organisation", "first", "decided_by").order_by(
        "number", "pk"
    )
    for row in rows.iterator(chunk_size=1000):
        supplier = row.supplier if row.state not in ("rejected", "other") else None
        is_public = supplier is not None and supplier.status == Status.PUBLISHED
        yield [
            row.number,
            *(getattr(row, name) for name in shown),
            state_said(row),
            supplier.organisation.name if supplier else "",
            format_neq(supplier.organisation.neq) if supplier else "",
            absolute_url(reverse("suppliers:supplier", args=[supplier.slug]))
            if supplier and is_public
            else "",
            row.confidence if supplier else None,
            why_said(row.reasons) if supplier else "",
            str(row.decided_by) if row.decided_by else "",
            row.fault,
        ]
