"""Words of a cohort and of a request for pages, panels and the admin: badges, places, dates."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Application, Cohort, State
from marketplace.web import typography
from marketplace.web.languages import OnlyFrench


class StateBadge(NamedTuple):
    """A badge: its kind (ok, wait, no, info, plain) and its words."""

    kind: str
    word: str


COHORT_STATE_BADGES = {
    State.DRAFT: "plain",
    State.OPEN: "ok",
    State.CLOSED: "wait",
    State.RUNNING: "info",
    State.DONE: "plain",
    State.CANCELLED: "no",
}


def cohort_badge(cohort: Cohort) -> StateBadge:
    """Where a cohort stands for who would join. `cohort` comes from `.counted()`."""
    if cohort.state == State.CANCELLED:
        return StateBadge("no", _("Annulée"))
    if cohort.state == State.DONE:
        return StateBadge("plain", _("Terminée"))
    if cohort.state == State.DRAFT:
        return StateBadge("plain", _("En préparation"))
    if cohort.state == State.RUNNING:
        return StateBadge("info", _("En cours"))
    if cohort.takes_applications:
        if cohort.is_first_come and count_free_places(cohort) == 0:
            return StateBadge("wait", _("Complète, liste d’attente"))
        return StateBadge("ok", _("Candidatures ouvertes"))
    if cohort.state == State.OPEN and timezone.now() < cohort.opens_at:
        return StateBadge(
            "info",
            _("Candidatures à partir du %(day)s") % {"day": typography.format_day_short(cohort.opens_at)},
        )
    return StateBadge("plain", _("Candidatures fermées"))


def count_free_places(cohort: Cohort) -> int:
    return max(0, cohort.places - cohort.taken)


def places_label(cohort: Cohort) -> str:
    """« 12 places libres sur 50 », or « Complète : 50 places, 3 en attente »."""
    left, total = count_free_places(cohort), typography.format_number(cohort.places)
    if left:
        sentence = ngettext("%(n)s place libre sur %(total)s", "%(n)s places libres sur %(total)s", left)
        return sentence % {"n": typography.format_number(left), "total": total}
    sentence = ngettext("%(total)s place, prise", "%(total)s places, toutes prises", cohort.places) % {
        "total": total
    }
    waiting: int = cohort.waiting
    if waiting:
        sentence += ngettext("; %(n)s entreprise en attente", "; %(n)s entreprises en attente", waiting) % {
            "n": typography.format_number(waiting)
        }
    return sentence


def admission_label(cohort: Cohort) -> str:
    """How one gets in, in a sentence."""
    if cohort.is_first_come:
        return _(
            "Premier arrivé, premier servi. Quand tout est pris, une liste d’attente suit l’ordre d’arrivée."
        )
    return _("Sur sélection : le pôle lit chaque candidature, puis vous répond par courriel.")


def cohort_place(cohort: Cohort) -> str:
    if cohort.is_online:
        return _("En ligne")
    place = ", ".join(filter(None, [cohort.place, cohort.address]))
    return OnlyFrench(place) if place else _("Lieu à préciser")


def cohort_dates(cohort: Cohort) -> str:
    """« Du 12 janv. 2027 au 3 mars 2027 »."""
    first, last = typography.format_day_short(cohort.starts_on), typography.format_day_short(cohort.ends_on)
    return first if first == last else _("Du %(first)s au %(last)s") % {"first": first, "last": last}


def workshop_hours(starts_at: datetime, ends_at: datetime) -> str:
    """« mardi 12 janvier 2027, de 9 h à 12 h »."""
    return _("%(day)s, de %(start)s à %(end)s") % {
        "day": typography.format_day(starts_at),
        "start": typography.format_hour(starts_at),
        "end": typography.format_hour(ends_at),
    }


def application_deadline(cohort: Cohort) -> str:
    """The date by which one applies, or when that was."""
    moment = typography.format_moment(cohort.closes_at)
    if cohort.takes_applications:
        near = typography.format_in_days(cohort.closes_at)
        return _("%(moment)s, %(near)s") % {"moment": moment, "near": near}
    return moment


def duration_label(minutes: int) -> str:
    """« 2 h », « 1 h 30 », « 45 min »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{typography.NB}min"
    return f"{hours}{typography.NB}h" + (f"{typography.NB}{rest:02d}" if rest else "")


def application_badge(application: Application) -> StateBadge:
    """Where a request stands, for the enterprise. In line: `application` comes from `.ranked()`."""
    state = Application.State
    if application.cohort.state == State.CANCELLED and application.is_live:
        return StateBadge("no", _("Cohorte annulée"))
    if application.cohort.state == State.DONE and application.is_live:
        was_in = application.state == state.ACCEPTED
        return StateBadge("plain", _("Cohorte suivie") if was_in else _("Cohorte terminée"))
    if application.state == state.ACCEPTED:
        return StateBadge("ok", _("Place confirmée"))
    if application.state == state.OFFERED:
        return StateBadge("wait", _("Place offerte, à confirmer"))
    if application.state == state.WAITING:
        rank = getattr(application, "rank", None)
        return StateBadge(
            "wait", _("En attente, rang %(rank)s") % {"rank": rank} if rank else _("En attente")
        )
    if application.state == state.APPLIED:
        return StateBadge("info", _("Reçue, à l’étude"))
    if application.state == state.DECLINED:
        return StateBadge("no", _("Non retenue"))
    if application.state == state.LAPSED:
        return StateBadge("plain", _("Sans réponse à temps"))
    return StateBadge("plain", _("Retirée"))
