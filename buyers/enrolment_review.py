"""What staff read before they decide: what the person says, beside what we know. Indicators, never a proof."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from buyers.models import Enrolment, Standing
from marketplace.accounts import domains
from marketplace.accounts.neq import PUBLIC_BODY_PREFIX
from marketplace.web.typography import format_day_short, format_neq

Row = dict[str, Any]


def rows(enrolment: Enrolment) -> list[Row]:
    """For `web/_vis.html`; no query beyond what the enrolment came with."""
    return [_institution(enrolment), _neq(enrolment), _email(enrolment)]


def _institution(enrolment: Enrolment) -> Row:
    buyer = enrolment.buyer
    says = _("Agit pour %(name)s, %(function)s") % {
        "name": buyer.organisation.name,
        "function": enrolment.title,
    }
    if buyer.standing == Standing.VERIFIED:
        known = _("Vérifiée le %(day)s.") % {"day": format_day_short(buyer.verified_on)}
        return _row("full", says, _("Une institution qui agit ici."), known)
    if buyer.is_published:
        return _row(
            "part", says, _("Connue par ses avis ou une liste."), _("Personne n’agit encore pour elle.")
        )
    return _row("none", says, _("Inconnue jusqu’ici."), _("Appelez-la au numéro de son site officiel."))


def _neq(enrolment: Enrolment) -> Row:
    buyer = enrolment.buyer
    if buyer.organisation.neq:
        return _row("full", format_neq(buyer.organisation.neq), _("Le NEQ que nous avons."))
    says = format_neq(buyer.claimed_neq) or _("Aucun NEQ déclaré")
    if not buyer.claimed_neq:
        return _row("none", says, _("Aucun NEQ ici non plus."))
    if buyer.claimed_neq.startswith(PUBLIC_BODY_PREFIX):
        return _row(
            "part", says, _("Un NEQ d’organisme public."), _("À comparer au registre des entreprises.")
        )
    return _row(
        "part", says, _("Un NEQ rare pour un organisme public."), _("À comparer au registre des entreprises.")
    )


def _email(enrolment: Enrolment) -> Row:
    buyer = enrolment.buyer
    domain = domains.of_email(enrolment.email)
    says = _("%(email)s, adresse confirmée") % {"email": enrolment.email}
    own = {*buyer.domains, domains.of_site(buyer.organisation.website)} - {""}
    mailed = domains.of_email(buyer.organisation.email)
    if mailed and not domains.is_generic(mailed):
        own.add(mailed)
    if domains.is_generic(domain):
        return _row("part", says, _("Une adresse que n’importe qui peut ouvrir."), ", ".join(sorted(own)))
    matching = [known for known in sorted(own) if domains.is_within(domain, known)]
    if matching:
        return _row("full", says, _("Un domaine de l’institution."), matching[0])
    if own:
        return _row("part", says, _("Un autre domaine que le sien."), ", ".join(sorted(own)))
    return _row(
        "none", says, _("Nous ne connaissons pas son domaine."), _("Comparez avec son site officiel.")
    )


def _row(verdict: str, asks: str, lead: str, detail: str = "") -> Row:
    return {"verdict": verdict, "asks": asks, "lead": lead, "detail": detail}
