"""Institutions enter by themselves: someone says that they act for one, and asks to join it (`accounts.joining`).

NEQs are public, so knowing one grants nothing. An institution that nobody knew stands on an organisation without NEQ,
that nobody else sees, until a pôle has verified it; one that is known is asked about as it is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from buyers.models import Buyer
from marketplace.accounts.email_domains import (
    domain_of_email,
    domain_of_site,
    is_generic_domain,
    is_within_domain,
)
from marketplace.accounts.joining import ask_to_join
from marketplace.accounts.models import JoinRequest, Organisation, Side
from marketplace.accounts.neq import PUBLIC_BODY_PREFIX
from marketplace.accounts.own_domains import confirmed_domains
from marketplace.web.folding import fold_text
from marketplace.web.slugs import free_slug
from marketplace.web.typography import format_day_short, format_neq
from marketplace.web.verbs import verb

if TYPE_CHECKING:
    from marketplace.accounts.models import User

PLACE_FIELDS = frozenset({"name", "town", "municipality_id", "mrc_id", "region_id", "lat", "lon", "pole_id"})
#: Words that are, or will be, pages under /acheteurs/ in one language or the other.
RESERVED = frozenset(
    {"inscription", "register", "demandes", "requests", "export", "carte", "map", "invitation"}
)

Row = dict[str, Any]


@verb
def register_institution(
    *, neq: str, kind: str, place: Mapping[str, Any], title: str, by: User, message: str = ""
) -> JoinRequest:
    """Ask to act for the institution that has this NEQ.

    Where an organisation has it, that one is asked about: its name and place stay, whatever `place` (a name and where
    it is) says. Otherwise the institution waits apart, with the NEQ as a claim; who registers it too, in the same words, asks to
    join it, and in other words waits apart as well: the first that a pôle verifies gathers those who wait.
    """
    if unknown := place.keys() - PLACE_FIELDS:
        raise TypeError(f"register_institution does not write {sorted(unknown)}")
    _one_at_a_time(neq)
    buyers = Buyer.objects.select_related("organisation")
    buyer = buyers.filter(organisation__neq=neq).first() or _declared_buyer(neq, place)
    if buyer is None:
        organisation = Organisation.objects.filter(neq=neq).first() or Organisation.objects.create(
            **place, awaits_review=True
        )
        buyer = Buyer.objects.create(
            organisation=organisation, slug=buyer_slug(organisation.name), kind=kind, is_listed=False
        )
    return join_institution(buyer=buyer, title=title, message=message, by=by, neq=neq)


@verb
def join_institution(*, buyer: Buyer, title: str, by: User, message: str = "", neq: str = "") -> JoinRequest:
    """Ask to act for an institution that we know; `neq`: what the person declares where we do not know it."""
    return ask_to_join(
        organisation=buyer.organisation,
        side=Side.BUYING,
        title=title,
        message=message,
        claimed_neq=neq,
        by=by,
    )


def buyer_by_neq(neq: str) -> Buyer | None:
    """The institution that has this NEQ for certain."""
    return Buyer.objects.known().select_related("organisation").filter(organisation__neq=neq).first()


def buyer_slug(name: str) -> str:
    return free_slug(name, rows=Buyer.objects.all(), otherwise="institution", reserved=RESERVED)


def _declared_buyer(neq: str, place: Mapping[str, Any]) -> Buyer | None:
    """An institution that nobody knew, and that somebody registers with this NEQ, place and name at present.

    The place says which pôle decides, and the name is what our mails say: nobody chooses those for another person.
    """
    asked = JoinRequest.objects.open().filter(side=Side.BUYING, claimed_neq=neq)
    same = {f"organisation__{name}": place.get(name) for name in ("mrc_id", "region_id", "pole_id")}
    rows = Buyer.objects.filter(is_listed=False, organisation__in=asked.values("organisation"), **same)
    name = fold_text(str(place.get("name", "")))
    found = rows.select_related("organisation").order_by("pk")
    return next((buyer for buyer in found if fold_text(buyer.organisation.name) == name), None)


def _one_at_a_time(neq: str) -> None:
    """Two colleagues who register at the same moment wait for each other, and make one institution."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"institution:{neq}"])


# -- what the pages of `accounts` show of an enrolment: the slots --------------------------------------------------


def enrolment_known_context(request: HttpRequest, join_request: JoinRequest) -> dict[str, Any] | None:
    """What staff read before they decide."""
    buyer = _buyer_of(join_request)
    return {"rows": enrolment_review_rows(join_request, buyer)} if buyer else None


def enrolment_profile_context(request: HttpRequest, join_request: JoinRequest) -> dict[str, Any] | None:
    buyer = _buyer_of(join_request)
    return {"address": reverse("admin:buyers_buyer_change", args=[buyer.pk])} if buyer else None


def enrolment_next_context(request: HttpRequest, join_request: JoinRequest) -> dict[str, Any] | None:
    """Where to ask again, once it was refused or taken back."""
    if join_request.is_selling or join_request.is_open:
        return None
    return {"address": reverse("buyers:register")}


def _buyer_of(join_request: JoinRequest) -> Buyer | None:
    if join_request.is_selling:
        return None
    return (
        Buyer.objects.select_related("organisation").filter(organisation=join_request.organisation_id).first()
    )


def enrolment_review_rows(join_request: JoinRequest, buyer: Buyer) -> list[Row]:
    """For `web/_vis.html`: what the person says, beside what we know. Indicators, never a proof. One query."""
    return [_institution(join_request, buyer), _neq(join_request, buyer), _email(join_request, buyer)]


def _institution(join_request: JoinRequest, buyer: Buyer) -> Row:
    says = _("Agit pour « %(name)s » (%(function)s)") % {
        "name": buyer.organisation.name,
        "function": join_request.title,
    }
    if buyer.is_verified:
        known = _("Vérifiée le %(day)s.") % {"day": format_day_short(buyer.verified_on)}
        return _row("full", says, _("Une institution qui utilise déjà Maillage."), known)
    if buyer.is_public:
        return _row(
            "part", says, _("Connue par ses avis ou une liste."), _("Personne n’agit encore pour elle.")
        )
    return _row("none", says, _("Inconnue jusqu’ici."), _("Appelez-la au numéro de son site officiel."))


def _neq(join_request: JoinRequest, buyer: Buyer) -> Row:
    if buyer.organisation.neq:
        return _row("full", format_neq(buyer.organisation.neq), _("Le NEQ que nous avons."))
    claimed = join_request.claimed_neq
    if not claimed:
        return _row("none", _("Aucun NEQ déclaré"), _("Aucun NEQ ici non plus."))
    lead = (
        _("Un NEQ d’organisme public.")
        if claimed.startswith(PUBLIC_BODY_PREFIX)
        else _("Un NEQ rare pour un organisme public.")
    )
    return _row("part", format_neq(claimed), lead, _("À comparer au registre des entreprises."))


def _email(join_request: JoinRequest, buyer: Buyer) -> Row:
    organisation = buyer.organisation
    domain = domain_of_email(join_request.email)
    says = _("%(email)s, adresse confirmée") % {"email": join_request.email}
    own = {*confirmed_domains(organisation), domain_of_site(organisation.website)} - {""}
    mailed = domain_of_email(organisation.email)
    if mailed and not is_generic_domain(mailed):
        own.add(mailed)
    if is_generic_domain(domain):
        return _row("part", says, _("Une adresse que n’importe qui peut obtenir."), ", ".join(sorted(own)))
    matching = [known for known in sorted(own) if is_within_domain(domain, known)]
    if matching:
        return _row("full", says, _("Un domaine de l’institution."), matching[0])
    if own:
        return _row("part", says, _("Un autre domaine que le sien."), ", ".join(sorted(own)))
    return _row(
        "none", says, _("Nous ne connaissons pas son domaine."), _("Comparez avec son site officiel.")
    )


def _row(verdict: str, asks: str, lead: str, detail: str = "") -> Row:
    return {"verdict": verdict, "asks": asks, "lead": lead, "detail": detail}
