"""What enterprises read by mail of their request: received, in, in line, declined, a place to confirm, called off;
and of the workshops: the first is near, some have changed.

Each mail goes to the person who applied; where they have left the enterprise, to its members.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohorts.models import Application, Cohort
from marketplace.accounts.models import Membership, User
from marketplace.outbox import messages
from marketplace.outbox.rendering import absolute

RECEIVED, ACCEPTED, WAITING, DECLINED = (
    "cohorts.received", "cohorts.accepted", "cohorts.waiting", "cohorts.declined",
)  # fmt: skip
OFFERED, LAPSED, CANCELLED, REMINDER, CHANGED = (
    "cohorts.offered", "cohorts.lapsed", "cohorts.cancelled", "cohorts.reminder", "cohorts.changed",
)  # fmt: skip


def say_received(application: Application) -> None:
    """By selection: noted, the pôle decides."""
    _write([application], RECEIVED, _("Candidature reçue : %(cohort)s"))


def say_accepted(application: Application) -> None:
    """The place is theirs, and when it begins."""
    _write(
        [application], ACCEPTED, _("Votre place est confirmée : %(cohort)s"), button=_("Voir les ateliers")
    )


def say_waiting(application: Application, *, rank: int) -> None:
    """No place for now, and the rank in line."""
    _write([application], WAITING, _("Sur la liste d’attente : %(cohort)s"), context={"rank": rank})


def say_declined(application: Application) -> None:
    """Not this time, in the pôle's own words."""
    _write([application], DECLINED, _("Réponse à votre candidature : %(cohort)s"))


def say_offered(application: Application) -> None:
    """A place has freed: to confirm before a moment."""
    _write(
        [application],
        OFFERED,
        _("Une place se libère : %(cohort)s"),
        button=_("Confirmer ou laisser la place"),
    )


def say_lapsed(application: Application) -> None:
    """The moment has passed."""
    _write([application], LAPSED, _("La place n’a pas été confirmée : %(cohort)s"))


def say_cancelled(cohort: Cohort, *, message: str) -> None:
    """To everyone whose request runs."""
    _write(_of(cohort, Application.LIVE), CANCELLED, _("Cohorte annulée : %(cohort)s"), message=message)


def remind(cohort: Cohort) -> None:
    """The first workshop is near: to who is in."""
    first = cohort.workshops.to_come().first()
    if first is not None:
        _write(
            _of(cohort, ["accepted"]),
            REMINDER,
            _("Le premier atelier approche : %(cohort)s"),
            button=_("Voir les ateliers"),
            context={"first": first},
        )


def say_changed(cohort: Cohort, changes: Sequence[Any], *, version: str) -> int:
    """Workshops that moved, were cancelled or came (`calendar.WorkshopChange`): to whoever holds a place; how many."""
    applications = _of(cohort, ["accepted", "offered"])
    _write(
        applications,
        CHANGED,
        _("Les ateliers changent : %(cohort)s"),
        button=_("Voir les ateliers"),
        context={"changes": changes},
        version=version,
    )
    return len(applications)


def _of(cohort: Cohort, states: Iterable[str]) -> list[Application]:
    rows = Application.objects.filter(cohort=cohort, state__in=list(states)).order_by("arrival")
    found = list(rows.select_related("supplier__organisation", "by"))
    for row in found:
        row.cohort = cohort
    return found


def _write(
    applications: list[Application],
    kind: str,
    title: Promise,
    *,
    button: Promise | None = None,
    message: str | None = None,
    context: dict[str, Any] | None = None,
    version: str = "1",
) -> None:
    """One mail per reader, all together. A second time with the same version writes nothing."""
    members = _members(application.supplier.organisation_id for application in applications)
    drafts = []
    for application in applications:
        cohort = application.cohort
        everyone = members[application.supplier.organisation_id]
        asked = [person for person in everyone if person.pk == application.by_id]
        for reader in asked or everyone:
            with translation.override(reader.language):
                said = str(title) % {"cohort": cohort.name}
                link = absolute(reverse("cohorts:application", args=[application.pk]))
                label = str(button or _("Suivre ma candidature"))
            drafts.append(
                messages.Draft(
                    recipient=reader,
                    kind=kind,
                    subject=f"application:{application.pk}",
                    version=version,
                    title=said,
                    template="cohorts/letter",
                    context={
                        "say": f"mail/cohorts/_{kind.rpartition('.')[2]}.txt",
                        "cohort": cohort,
                        "application": application,
                        "organisation": application.supplier.organisation.name,
                        "message": application.message if message is None else message,
                        "link": link,
                        "label": label,
                        **(context or {}),
                    },
                    pole=cohort.pole,
                )
            )
    messages.write_together(drafts)


def _members(organisations: Iterable[int]) -> dict[int, list[User]]:
    found: dict[int, list[User]] = defaultdict(list)
    rows = Membership.objects.filter(organisation__in=set(organisations), user__is_active=True)
    for membership in rows.select_related("user").order_by("pk"):
        found[membership.organisation_id].append(membership.user)
    return found
