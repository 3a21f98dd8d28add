"""Whether to answer a notice, in five facts: time, place, size, authorisations, invitation. Pure.

Never a ruling: what the law may ask is said « à confirmer », with its source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import AuthorisationRule
from marketplace.matching.engine import SupplierProfile, TenderProfile, Verdict
from marketplace.matching.reasons import area_reason, capacity_reason
from marketplace.matching.sentences import reason_sentence
from marketplace.web.typography import days_until, format_money, format_number
from marketplace.web.workdays import is_working_day

#: Working days that an answer takes: with fewer it is a race, with fewer still hardly worth beginning.
COMFORTABLE, LEAST = 8, 3


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the panel: `verdict` full, part or none, as in the vis-à-vis."""

    topic: str
    verdict: Verdict
    lead: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the checks read of a notice."""

    profile: TenderProfile
    closes_at: datetime | None
    is_running: bool
    is_by_invitation: bool
    is_invited: bool = False


def go_no_go(
    asked: Asked,
    supplier: SupplierProfile,
    certifications: Collection[str],
    rules: Iterable[AuthorisationRule],
    today: date,
) -> list[Check]:
    """The lines, in the order in which one decides. `rules` are those that the notice may come under."""
    found = [
        invitation_check(asked),
        time_check(asked, today),
        place_check(asked.profile, supplier),
        size_check(asked.profile, supplier),
        *authorisation_checks(certifications, rules),
    ]
    return [check for check in found if check]


def invitation_check(asked: Asked) -> Check | None:
    topic = _("Invitation")
    if not asked.is_by_invitation:
        return None
    if asked.is_invited:
        return Check(topic, "full", _("Votre entreprise est invitée."))
    return Check(
        topic,
        "none",
        _("Sur invitation."),
        _(
            "Seules les entreprises que l’acheteur a invitées peuvent répondre. Nous ne savons pas si vous l’êtes."
        ),
    )


def time_check(asked: Asked, today: date) -> Check:
    topic = _("Temps")
    if not asked.is_running:
        return Check(topic, "none", _("On ne peut plus y répondre."))
    if asked.closes_at is None:
        return Check(
            topic, "part", _("Clôture non précisée."), _("Voyez l’avis d’origine avant de commencer.")
        )
    left = working_days_left(asked.closes_at, today)
    lead = ngettext(
        "%(n)s jour ouvrable d’ici la clôture.", "%(n)s jours ouvrables d’ici la clôture.", left
    ) % {"n": format_number(left)}
    if left >= COMFORTABLE:
        return Check(topic, "full", lead)
    return Check(
        topic, "part" if left >= LEAST else "none", lead, _("C’est court pour préparer une réponse.")
    )


def working_days_left(closes_at: datetime, today: date) -> int:
    """Working days after today and before the day of the closing: those that can be worked through."""
    return sum(
        is_working_day(date.fromordinal(today.toordinal() + n))
        for n in range(1, days_until(closes_at, today))
    )


def place_check(notice: TenderProfile, supplier: SupplierProfile) -> Check:
    reason = area_reason(notice, supplier)
    sentence = reason_sentence(reason.as_json())
    return Check(_("Territoire"), reason.verdict, sentence.lead, sentence.detail)


def size_check(notice: TenderProfile, supplier: SupplierProfile) -> Check:
    topic = _("Capacité")
    reason = capacity_reason(notice, supplier)
    if reason is not None:
        sentence = reason_sentence(reason.as_json())
        return Check(topic, reason.verdict, sentence.lead, sentence.detail)
    if not notice.amount:
        return Check(topic, "part", _("Montant inconnu."), _("L’avis n’indique pas de montant estimé."))
    return Check(
        topic,
        "part",
        _("Capacité à préciser."),
        _("L’avis indique un montant estimé de %(amount)s; votre fiche n’indique pas de capacité.")
        % {"amount": format_money(round(notice.amount))},
    )


def authorisation_checks(certifications: Collection[str], rules: Iterable[AuthorisationRule]) -> list[Check]:
    topic = _("Autorisation")
    found = []
    for one in rules:
        held = bool(one.certification_id) and one.certification_id in certifications
        detail = _("À confirmer. %(source)s.") % {"source": one.source}
        if held:
            detail = " ".join([_("Vous déclarez l’avoir."), detail])
        found.append(Check(topic, "full" if held else "part", f"{one.name}.", detail))
    return found
