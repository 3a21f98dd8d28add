"""« C’est mon entreprise »: asking to hold a supplier's page, and what the pôle reads of it beside the request.

The request itself, its decision and its mails are those of `accounts.joining`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts.email_domains import (
    domain_of_email,
    domain_of_site,
    is_generic_domain,
    is_within_domain,
)
from marketplace.accounts.joining import ask_to_join
from marketplace.accounts.models import JoinRequest, Side
from marketplace.web.errors import WrongMove
from marketplace.web.folding import fold_text
from marketplace.web.private_files import Checked
from marketplace.web.typography import format_phone
from marketplace.web.verbs import verb
from suppliers.models import Contact, Status, Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User

Row = dict[str, Any]


@verb
def claim_supplier(
    *,
    supplier: Supplier,
    title: str,
    message: str,
    by: User,
    phone: str = "",
    evidence: Checked | None = None,
) -> JoinRequest:
    """Ask to hold a supplier's page; not that of one that is closed."""
    if supplier.organisation.awaits_review:
        raise WrongMove(
            _("Cette inscription n’est pas encore vérifiée : commencez la vôtre, le pôle verra les deux.")
        )
    if supplier.status == Status.ARCHIVED:
        raise WrongMove(_("Cette fiche est fermée. Écrivez au pôle si elle doit rouvrir."))
    return ask_to_join(
        organisation=supplier.organisation,
        side=Side.SELLING,
        title=title,
        message=message,
        phone=phone,
        evidence=evidence,
        by=by,
    )


# -- what the pages of `accounts` show of a claim: the slots -------------------------------------------------------


def claim_known_context(request: HttpRequest, join_request: JoinRequest) -> dict[str, Any] | None:
    """What the pôle reads before it decides."""
    return {"rows": claim_review_rows(join_request)} if join_request.is_selling else None


def claim_profile_context(request: HttpRequest, join_request: JoinRequest) -> dict[str, Any] | None:
    supplier = _supplier_of(join_request)
    return {"address": reverse("admin:suppliers_supplier_change", args=[supplier.pk])} if supplier else None


def claim_next_context(request: HttpRequest, join_request: JoinRequest) -> dict[str, Any] | None:
    """Where to ask again, once it was refused or taken back."""
    supplier = None if join_request.is_open else _supplier_of(join_request)
    return {"address": reverse("suppliers:claim", args=[supplier.slug])} if supplier else None


def _supplier_of(join_request: JoinRequest) -> Supplier | None:
    if not join_request.is_selling:
        return None
    return Supplier.objects.filter(organisation=join_request.organisation_id).first()


def claim_review_rows(join_request: JoinRequest) -> list[Row]:
    """For `web/_vis.html`: what the person says, beside what we know. Indicators, never a proof. One query."""
    contacts = list(Contact.objects.filter(supplier__organisation=join_request.organisation_id))
    return [_name(join_request, contacts), _email(join_request, contacts), _phone(join_request, contacts)]


def _name(join_request: JoinRequest, contacts: list[Contact]) -> Row:
    name = join_request.user.get_full_name()
    same = [contact for contact in contacts if fold_text(contact.name) == fold_text(name)]
    says = _("%(name)s, %(function)s") % {"name": name or _("Sans nom"), "function": join_request.title}
    if same:
        known = ", ".join(filter(None, [same[0].name, same[0].title]))
        return _row("full", says, _("Personne-ressource de la fiche."), known)
    if contacts:
        return _row("part", says, _("Un autre nom sur la fiche."), ", ".join(c.name for c in contacts[:3]))
    return _row("none", says, _("Aucune personne-ressource sur la fiche."))


def _email(join_request: JoinRequest, contacts: list[Contact]) -> Row:
    organisation = join_request.organisation
    email = join_request.user.email.lower()
    domain = domain_of_email(email)
    says = _("%(email)s, adresse confirmée") % {"email": email}
    addresses = {address.lower() for address in [organisation.email, *(c.email for c in contacts)] if address}
    if email in addresses:
        return _row("full", says, _("La même adresse est sur la fiche."), email)
    site = domain_of_site(organisation.website)
    own = {d for d in map(domain_of_email, addresses) if not is_generic_domain(d)} | ({site} - {""})
    if is_generic_domain(domain):
        known = ", ".join(sorted(own))
        return _row("part", says, _("Une adresse que n’importe qui peut obtenir."), known)
    matching = [known for known in sorted(own) if is_within_domain(domain, known)]
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


def _phone(join_request: JoinRequest, contacts: list[Contact]) -> Row:
    organisation, phone = join_request.organisation, join_request.phone
    numbers = [number for number in [organisation.phone, *(c.phone for c in contacts)] if number]
    says = format_phone(phone) if phone else _("Aucun téléphone donné")
    known = ", ".join(dict.fromkeys(format_phone(number) for number in numbers))
    if phone and _digits(phone) in {_digits(number) for number in numbers}:
        return _row("full", says, _("Le même numéro est sur la fiche."))
    if numbers:
        return _row("part", says, _("Appelez le numéro de la fiche, pas celui de la demande."), known)
    return _row("none", says, _("Aucun téléphone sur la fiche."))


def _digits(number: str) -> str:
    """The ten digits that one dials, without the country or what follows « poste »."""
    return re.sub(r"\D", "", re.split(r"(?i)poste|ext|#", number)[0]).removeprefix("1")


def _row(verdict: str, asks: str, lead: str, detail: str = "") -> Row:
    return {"verdict": verdict, "asks": asks, "lead": lead, "detail": detail}
