"""Law 25: what we hold about a person, handed over or erased on request, and who has read it.

Each app knows its own rows: it registers a provider from its `AppConfig.ready()`. Apps above register after
those below, and erasing runs from the top down, so that nothing points at a row that has just gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import CASCADE, Count, OuterRef, QuerySet, Subquery
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.db.models.functions import Coalesce
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pghistory.models import Context as HistoryContext

from marketplace.accounts.models import (
    Consent,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    PersonalDataRead,
    User,
)
from marketplace.accounts.people import PeopleColumns, forget_traces_of_account, register_people_columns
from marketplace.accounts.permissions import is_platform_admin
from marketplace.accounts.person_marks import PersonMarks
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import PrivateFile, delete_private_file
from marketplace.web.verbs import verb


@dataclass(frozen=True)
class Provider:
    """`export` answers JSON-ready values; `erase` removes rows and their history, and may refuse by raising."""

    name: str
    export: Callable[[User], Any]
    erase: Callable[[User], None]


_providers: dict[str, Provider] = {}


def register_personal_data(
    name: str, *, export: Callable[[User], Any], erase: Callable[[User], None]
) -> None:
    """Called once per app; a second call with the same name replaces the first (reloads)."""
    _providers[name] = Provider(name, export, erase)


@transaction.atomic
def export_personal_data(user: User) -> dict[str, Any]:
    """All that the apps hold about a person, by app."""
    return {provider.name: provider.export(user) for provider in _providers.values()}


@verb
def erase_personal_data(*, user: User, by: User | None) -> None:
    """Forget a person: their rows in every app, the history of those rows, then the account.

    Asked by the person or by a platform admin. What an organisation did stays, without the name.
    """
    if by is not None and by != user and not is_platform_admin(by):
        raise NotAllowed(
            _("Seule la personne elle-même, ou l’administration de la plateforme, efface un compte.")
        )
    _hold_organisations(user)
    if by is not None and (left := organisations_left_without_owner(user)):
        raise WrongMove(
            _("%(names)s n’aurait plus de personne responsable. Cédez d’abord votre rôle à un autre membre.")
            % {"names": get_text_list([str(organisation) for organisation in left], _("et"))}
        )
    marks = PersonMarks(name=user.get_full_name())
    addresses = proved_addresses(user)
    places = set(user.memberships.values_list("organisation", flat=True))
    for provider in reversed(_providers.values()):
        provider.erase(user)
    for address in addresses:
        forget_traces_of_account(marks=replace(marks, email=address), organisations=places)
    user_id = user.pk
    record_security_event(kind=Kind.ACCOUNT_ERASED, by=by)
    user.delete()
    _erase_history(user_id)


def _hold_organisations(user: User) -> None:
    """Two owners who go at the same moment wait for each other (as in `members`), in one order everywhere."""
    mine = Organisation.objects.filter(memberships__user=user).order_by("pk")
    list(mine.select_for_update(of=("self",)).values_list("pk", flat=True))


def memberships_of(user: User) -> QuerySet[Any]:
    """The person's places, each with `colleagues` (other members) and `owners` (others who answer for it)."""
    others = Membership.objects.filter(organisation=OuterRef("organisation")).exclude(user=user)
    answering = others.filter(role=Membership.Role.OWNER, user__is_active=True)
    return (
        user.memberships.select_related("organisation")
        .annotate(colleagues=_count(others), owners=_count(answering))
        .order_by("organisation__name")
    )


def organisations_left_without_owner(user: User) -> list[Organisation]:
    """The organisations whose other members nobody would answer for once this person has gone."""
    last = memberships_of(user).filter(role=Membership.Role.OWNER, colleagues__gt=0, owners=0)
    return [membership.organisation for membership in last]


def _count(rows: QuerySet[Membership]) -> Coalesce:
    counted = rows.order_by().values("organisation").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def record_personal_data_read(*, reader: User, organisation: Organisation, what: str) -> None:
    """Staff opened personal data of an organisation; called by pages, never logged elsewhere. Exports: `people.note_reads`."""
    PersonalDataRead.objects.create(reader=reader, organisation=organisation, what=what)


def _export_account(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "language": user.language,
        "date_joined": user.date_joined.isoformat(),
        "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "memberships": [
            {"organisation": m.organisation.name, "role": m.role, "since": m.created_at.isoformat()}
            for m in user.memberships.select_related("organisation")
        ],
        "pole_posts": [
            {"pole": p.pole_id, "since": str(p.since), "until": p.until and str(p.until)}
            for p in user.pole_posts.all()
        ],
        "consents": [
            {
                "purpose": c.purpose,
                "wording": c.wording,
                "given_at": c.given_at.isoformat(),
                "withdrawn_at": c.withdrawn_at and c.withdrawn_at.isoformat(),
            }
            for c in user.consents.all()
        ],
    }


def proved_addresses(user: User) -> set[str]:
    """An address that was never confirmed is not known to be this person's: what was sent to it stays."""
    known = dict(EmailAddress.objects.filter(user=user).values_list("email", "verified"))
    addresses = {email for email, verified in known.items() if verified}
    if known.get(user.email, True):
        addresses.add(user.email)
    return addresses


def _erase_account(user: User) -> None:
    for email in proved_addresses(user):
        Invitation.objects.filter(email__iexact=email).delete()
        for event_model in set(Invitation.pgh_event_models.values()):
            event_model.objects.filter(email__iexact=email).delete()


def _erase_history(user_id: int) -> None:
    """Deleting a tracked row writes a last history row: these go after the account has gone.

    History of the person's own rows goes; history that only names them as who acted loses the name.
    """
    for event_model in set(User.pgh_event_models.values()):  # type: ignore[attr-defined]  # set by pghistory
        event_model.objects.filter(pgh_obj_id=user_id).delete()
    for relation in User._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        own = relation.on_delete is CASCADE
        for event_model in set(getattr(relation.related_model, "pgh_event_models", {}).values()):
            rows = event_model.objects.filter(**{relation.field.attname: user_id})
            rows.delete() if own else rows.update(**{relation.field.attname: None})


def _export_join_requests(user: User) -> list[dict[str, Any]]:
    return [
        {
            "organisation": asked.organisation.name,
            "side": asked.side,
            "title": asked.title,
            "phone": asked.phone,
            "message": asked.message,
            "email": asked.email,
            "claimed_neq": asked.claimed_neq,
            "evidence": asked.evidence.name if asked.evidence else None,
            "state": asked.state,
            "answer": asked.answer,
            "created_at": asked.created_at.isoformat(),
            "decided_at": asked.decided_at and asked.decided_at.isoformat(),
        }
        for asked in JoinRequest.objects.filter(user=user)
        .select_related("organisation", "evidence")
        .order_by("created_at")
    ]


def _erase_join_requests(user: User) -> None:
    """The rows and their history would go with the account; their files go here."""
    asked = JoinRequest.objects.filter(user=user).select_related("evidence")
    files = [one.evidence for one in asked if one.evidence]
    asked.delete()
    for file in files:
        delete_private_file(file=file, by=user)


for _columns in (
    PeopleColumns(
        "organisations",
        Organisation,
        ("address", "email", "phone"),
        gettext_lazy("coordonnées d’une organisation"),
        organisation="pk",
    ),
    PeopleColumns(
        "invitations",
        Invitation,
        ("email",),
        gettext_lazy("invitation"),
        organisation="organisation",
        is_person=True,
        keys=("email",),
    ),
    PeopleColumns(
        "requests_to_join",
        JoinRequest,
        ("title", "phone", "message", "email", "answer", "before"),
        gettext_lazy("demande pour agir au nom d’une organisation"),
        organisation="organisation",
    ),
    PeopleColumns("consents", Consent, ("wording", "channel"), gettext_lazy("consentement")),
    PeopleColumns("files", PrivateFile, ("name",), gettext_lazy("nom d’un fichier")),
    PeopleColumns(
        "back_room_journal",
        LogEntry,
        ("object_repr", "change_message"),
        gettext_lazy("journal de la gestion"),
    ),
    PeopleColumns(
        "history_contexts", HistoryContext, ("metadata",), gettext_lazy("contexte de l’historique")
    ),
):
    register_people_columns(_columns)

register_personal_data("accounts", export=_export_account, erase=_erase_account)
register_personal_data("join_requests", export=_export_join_requests, erase=_erase_join_requests)
