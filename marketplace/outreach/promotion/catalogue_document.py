"""The document of a catalogue, and what a print shop's machines read of it: where the page is cut, how far colour runs on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pikepdf

from marketplace.outreach.promotion.catalogue_facts import CatalogueEntry, catalogue_facts
from marketplace.web.pdf import render_large_pdf

TEMPLATE = "catalogue.typ"
# Points, as the template draws them: from the edge of the sheet to the cut, and how far colour runs past the cut.
SLUG, BLEED = 27.0, 9.0


def catalogue_document(entries: Sequence[CatalogueEntry], **asked: Any) -> tuple[bytes, int]:
    """The PDF, tagged, with its fonts inside, and how many pages it has. `asked`: as `catalogue_facts` takes it."""
    facts = catalogue_facts(entries, **asked)
    made = render_large_pdf(TEMPLATE, facts)
    with pikepdf.open(io.BytesIO(made)) as document:
        count = len(document.pages)
        if not facts["crop"]:
            return made, count
        for page in document.pages:
            _left, _bottom, right, top = (float(side) for side in page.mediabox)
            for name, inside in (("/TrimBox", SLUG), ("/BleedBox", SLUG - BLEED)):
                page.obj[name] = pikepdf.Array([inside, inside, right - inside, top - inside])
        written = io.BytesIO()
        document.save(written)
    return written.getvalue(), count
