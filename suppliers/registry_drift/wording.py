"""What an extract of the registry brought, and what it says of a listing, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.territories.models import Mrc
from marketplace.web.typography import format_number
from suppliers.models import LegalForm, RegistryDrift, RegistryExtract


def extract_said(extract: RegistryExtract) -> str:
    """« 2 219 lignes lues, 312 fiches comparées; 4 écarts à décider. MRC couvertes : Maskinongé. » Two statements."""
    waiting = extract.drifts.waiting().count()
    names = list(Mrc.objects.filter(pk__in=extract.mrcs).order_by("name").values_list("name", flat=True))
    read = ngettext("%(n)s ligne lue", "%(n)s lignes lues", extract.rows) % {"n": format_number(extract.rows)}
    compared = ngettext("%(n)s fiche comparée", "%(n)s fiches comparées", extract.compared)
    found = ngettext("%(n)s écart à décider", "%(n)s écarts à décider", waiting)
    where = (
        _("MRC couvertes : %(names)s.") % {"names": ", ".join(names)}
        if names
        else _(
            "Cet extrait ne couvre aucune MRC : il ne montre pas quelles fiches sont absentes du registre."
        )
    )
    counts = f"{compared % {'n': format_number(extract.compared)}}; {found % {'n': format_number(waiting)}}"
    return f"{read}, {counts}. {where}"


def value_said(kind: str, values: Mapping[str, Any]) -> str:
    """One side of a difference, as people read it; empty where it says nothing."""
    if kind == RegistryDrift.Kind.FORM:
        form = values.get("legal_form") or ""
        return capfirst(str(dict(LegalForm.choices).get(form, form)))
    names = ("name",) if kind == RegistryDrift.Kind.RENAMED else ("address", "town", "postal_code")
    return ", ".join(str(values[name]) for name in names if values.get(name))
