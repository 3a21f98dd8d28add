"""What the pôle reads before it decides: what the person says, beside what we know. Indicators, never a proof."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from marketplace.accounts import domains
from marketplace.web.folding import fold
from marketplace.web.typography import format_phone
from suppliers.models import Claim, Contact

Row = dict[str, Any]


def rows(claim: Claim) -> list[Row]:
    """For `web/_vis.html`; one query for the contacts of the sheet."""
    contacts = list(Contact.objects.filter(supplier=claim.supplier_id))
    return [_name(claim, contacts), _email(claim, contacts), _phone(claim, contacts)]


def _name(claim: Claim, contacts: list[Contact]) -> Row:
    name = claim.user.get_full_name()
    same = [contact for contact in contacts if fold(contact.name) == fold(name)]
    says = _("%(name)s, %(function)s") % {"name": name or _("Sans nom"), "function": claim.title}
    if same:
        known = ", ".join(filter(None, [same[0].name, same[0].title]))
        return _row("full", says, _("Personne-ressource de la fiche."), known)
    if contacts:
        return _row("part", says, _("Un autre nom sur la fiche."), ", ".join(c.name for c in contacts[:3]))
    return _row("none", says, _("Aucune personne-ressource sur la fiche."))


def _email(claim: Claim, contacts: list[Contact]) -> Row:
    seat = claim.supplier.organisation
    email = claim.user.email.lower()
    domain = domains.of_email(email)
    says = _("%(email)s, adresse confirmée") % {"email": email}
    addresses = {address.lower() for address in [seat.email, *(c.email for c in contacts)] if address}
    if email in addresses:
        return _row("full", says, _("La même adresse est sur la fiche."), email)
    site = domains.of_site(seat.website)
    own = {d for d in map(domains.of_email, addresses) if not domains.is_generic(d)} | ({site} - {""})
    if domains.is_generic(domain):
        known = ", ".join(sorted(own))
        return _row("part", says, _("Une adresse que n’importe qui peut ouvrir."), known)
    matching = [known for known in sorted(own) if domains.is_within(domain, known)]
    if matching:
        where = (
            _("Le domaine de son site Web.")
            if site in matching
            else _("Le domaine d’une adresse de la fiche.")
        )
        return _row("full", says, where, matching[0])
    if own:
        return _row("part", says, _("Un autre domaine que celui de la fiche."), ", ".join(sorted(own)))
    return _row("none", says, _("Ni site Web ni adresse sur la fiche."))


def _phone(claim: Claim, contacts: list[Contact]) -> Row:
    seat = claim.supplier.organisation
    numbers = [number for number in [seat.phone, *(c.phone for c in contacts)] if number]
    says = format_phone(claim.phone) if claim.phone else _("Aucun téléphone donné")
    known = ", ".join(dict.fromkeys(format_phone(number) for number in numbers))
    if claim.phone and _digits(claim.phone) in {_digits(number) for number in numbers}:
        return _row("full", says, _("Le même numéro est sur la fiche."))
    if numbers:
        return _row("part", says, _("Appelez le numéro de la fiche, pas celui de la demande."), known)
    return _row("none", says, _("Aucun téléphone sur la fiche."))


def _digits(number: str) -> str:
    """The ten digits that one dials, without the country or what follows « poste »."""
    return re.sub(r"\D", "", re.split(r"(?i)poste|ext|#", number)[0]).removeprefix("1")


def _row(verdict: str, asks: str, lead: str, detail: str = "") -> Row:
    return {"verdict": verdict, "asks": asks, "lead": lead, "detail": detail}
