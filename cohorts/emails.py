"""What enterprises read by mail of their request: received, in, in line, declined, a place to confirm, called off;
and of the workshops: the first is near, some have changed.

Each mail goes to the person who applied; where they have left the enterprise, to its members.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohorts.models import Application, Cohort
from marketplace.accounts.emails import readers_by_organisation
from marketplace.outbox.compose import Draft, send_emails
from marketplace.web.emails import Email, site_link


def _declared(name: str, title: Promise) -> Email:
    return Email(
        kind=f"cohorts.{name}",
        audience=_(
            "Vous recevez ce courriel parce que « %(organisation)s » a posé sa candidature à cette cohorte."
        ),
        title=title,
        template=f"cohorts/{name}",
    )


APPLICATION_RECEIVED = _declared("received", _("Candidature reçue : %(cohort)s"))
APPLICATION_ACCEPTED = _declared("accepted", _("Votre place est confirmée : %(cohort)s"))
APPLICATION_WAITING = _declared("waiting", _("Sur la liste d’attente : %(cohort)s"))
APPLICATION_DECLINED = _declared("declined", _("Réponse à votre candidature : %(cohort)s"))
PLACE_OFFERED = _declared("offered", _("Une place se libère : %(cohort)s"))
PLACE_LAPSED = _declared("lapsed", _("La place n’a pas été confirmée : %(cohort)s"))
COHORT_CANCELLED = _declared("cancelled", _("Cohorte annulée : %(cohort)s"))
FIRST_WORKSHOP_NEAR = _declared("reminder", _("Le premier atelier approche : %(cohort)s"))
WORKSHOPS_CHANGED = _declared("changed", _("Changement aux ateliers : %(cohort)s"))

_SEE_WORKSHOPS = _("Voir les ateliers")


def send_application_received(application: Application) -> None:
    """By selection: noted, the pôle decides."""
    _send(APPLICATION_RECEIVED, [application])


def send_application_accepted(application: Application) -> None:
    """The place is theirs, and when it begins."""
    _send(APPLICATION_ACCEPTED, [application], decision=_decided(application), label=_SEE_WORKSHOPS)


def send_application_waiting(application: Application, *, rank: int) -> None:
    """No place for now, and the rank in line."""
    _send(APPLICATION_WAITING, [application], rank=rank)


def send_application_declined(application: Application) -> None:
    """Not this time, in the pôle's own words."""
    _send(APPLICATION_DECLINED, [application], decision=_decided(application))


def send_place_offered(application: Application) -> None:
    """A place has freed: to confirm before a moment."""
    _send(PLACE_OFFERED, [application], label=_("Confirmer ou laisser la place"))


def send_place_lapsed(application: Application) -> None:
    """The moment has passed."""
    _send(PLACE_LAPSED, [application])


def send_cohort_cancelled(cohort: Cohort, *, message: str) -> None:
    """To everyone whose request runs."""
    live = _applications_of(cohort, Application.LIVE)
    _send(COHORT_CANCELLED, live, version=cohort.cause, decision=cohort.cause, message=message)


def send_first_workshop_near(cohort: Cohort) -> None:
    """The first workshop is near: to who is in."""
    first = cohort.workshops.to_come().first()
    if first is not None:
        accepted = _applications_of(cohort, ["accepted"])
        _send(FIRST_WORKSHOP_NEAR, accepted, label=_SEE_WORKSHOPS, first=first)


def send_workshops_changed(cohort: Cohort, changes: Sequence[Any], *, version: str) -> int:
    """Workshops that moved, were cancelled or came (`calendar.WorkshopChange`): to whoever holds a place; how many."""
    applications = _applications_of(cohort, ["accepted", "offered"])
    _send(WORKSHOPS_CHANGED, applications, version=version, label=_SEE_WORKSHOPS, changes=changes)
    return len(applications)


def _applications_of(cohort: Cohort, states: Iterable[str]) -> list[Application]:
    rows = Application.objects.filter(cohort=cohort, state__in=list(states)).order_by("arrival")
    found = list(rows.select_related("supplier__organisation", "by"))
    for row in found:
        row.cohort = cohort
    return found


def _decided(application: Application) -> str:
    """The pôle's decision that a letter tells of; none where a place was given by the order of arrival."""
    return application.cause if application.decided_by_id else ""


def _send(
    email: Email,
    applications: list[Application],
    *,
    version: str = "1",
    decision: str = "",
    **context: Any,
) -> None:
    """One mail per reader, all together. A second time with the same version, or decision, writes nothing."""
    members = readers_by_organisation(application.supplier.organisation_id for application in applications)
    drafts = []
    for application in applications:
        everyone = members[application.supplier.organisation_id]
        asked = [person for person in everyone if person.pk == application.by_id]
        drafts += [
            Draft(
                email=email,
                recipient=reader,
                organisation=application.supplier.organisation,
                pole=application.cohort.pole,
                subject=f"application:{application.pk}",
                version=decision or version,
                decision=decision,
                context={
                    "cohort": application.cohort,
                    "application": application,
                    "message": application.message,
                    "link": site_link("cohorts:application", application.pk),
                    "label": _("Suivre ma candidature"),
                    **context,
                },
            )
            for reader in asked or everyone
        ]
    send_emails(drafts)
