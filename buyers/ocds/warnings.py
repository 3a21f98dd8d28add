"""What a release says that nobody understands, in sentences for the person who imports. The rest of it is taken. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from .cleaning import (
    UNKNOWN_CURRENCY,
    as_mapping,
    as_mappings,
    clean_moment,
    clean_text,
    is_cut_short,
    is_moment_lost,
    read_amount,
)


def release_warnings(release: dict[str, Any], *, whole: dict[str, Any], may_close: bool) -> tuple[str, ...]:
    """`whole`: what would be kept were it not cut. `may_close`: it can be answered, and ought to say until when."""
    tender = as_mapping(release.get("tender"))
    period = as_mapping(tender.get("tenderPeriod"))
    return (*closing_warnings(period, may_close), *value_warnings(release, tender), *length_warnings(whole))


#: The parts of a release that are read; one alone may stand for a list, and a list for one.
PARTS = ("tender", "buyer", "parties", "awards", "contracts")


def shape_warnings(release: dict[str, Any]) -> Iterator[str]:
    """Of a release as it came: parts that are a text or a number. Nothing of them is read."""
    for name in PARTS:
        said = release.get(name)
        if said and not isinstance(said, dict if name == "tender" else dict | list):
            yield _(
                "« %(name)s » n’a pas la forme que veut la norme OCDS : cette partie n’est pas lue. "
                "Demandez au diffuseur du fichier de la corriger."
            ) % {"name": name}


def length_warnings(whole: dict[str, Any]) -> list[str]:
    if not is_cut_short(whole):
        return []
    return [
        _(
            "Un texte de plus de 8 000 caractères ou une liste de plus de 1 000 éléments est coupé. "
            "Le reste se lit dans l’avis d’origine."
        )
    ]


def closing_warnings(period: dict[str, Any], may_close: bool) -> list[str]:
    """What to say of the closing of a notice that can be answered, where it is not known."""
    said = period.get("endDate")
    if is_moment_lost(said):
        return [
            _(
                "La clôture « %(said)s » n’est pas comprise : elle est affichée comme non précisée. "
                "Le diffuseur doit l’écrire comme 2027-01-31T14:00:00-05:00."
            )
            % {"said": clean_text(said, 60) or "…"}
        ]
    if may_close and clean_moment(said, end_of_day=True) is None:
        return [
            _(
                "Cet avis ne donne pas de date de clôture : elle est affichée comme non précisée. "
                "Vérifiez-la chez le diffuseur."
            )
        ]
    return []


def value_warnings(release: dict[str, Any], tender: dict[str, Any]) -> Iterator[str]:
    """Dates, amounts and currencies that were written and not understood."""
    awards, contracts = as_mappings(release.get("awards")), as_mappings(release.get("contracts"))
    for said in (release.get("date"), *(award.get("date") for award in awards)):
        if is_moment_lost(said):
            yield _("La date « %(said)s » n’est pas comprise et n’est pas gardée.") % {
                "said": clean_text(said, 60) or "…"
            }
    for part in (tender, *awards, *contracts):
        value = as_mapping(part.get("value"))
        amount = read_amount(value)
        if amount is None and value.get("amount") not in (None, ""):
            yield _("Le montant « %(said)s » n’est pas compris et n’est pas gardé.") % {
                "said": clean_text(value.get("amount"), 60) or "…"
            }
        elif amount and amount.currency == UNKNOWN_CURRENCY:
            yield _(
                "La devise « %(said)s » n’est pas comprise : le montant n’est pas lu comme des dollars."
            ) % {"said": clean_text(value.get("currency"), 60) or "…"}
