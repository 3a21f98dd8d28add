"""What members of a consortium read by mail: an invitation, and each move of the others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.emails import readers_by_organisation
from marketplace.accounts.models import User
from marketplace.dealings.models import Consortium, ConsortiumMember
from marketplace.dealings.notices import kind_of
from marketplace.outbox.compose import Draft, send_emails
from marketplace.web.emails import Email, site_link

_MEMBER = _(
    "Vous recevez ce courriel parce que l’organisation « %(organisation)s » fait partie de ce groupement."
)


def _declared(name: str, title: Promise, audience: Promise = _MEMBER, template: str = "told") -> Email:
    return Email(
        kind=f"consortiums.{name}", audience=audience, title=title, template=f"consortiums/{template}"
    )


INVITED = _declared(
    "invited",
    _("%(who)s vous invite dans un groupement : %(notice)s"),
    _(
        "Vous recevez ce courriel parce que l’organisation « %(organisation)s » a dit chercher des partenaires pour cet avis."
    ),
    "invited",
)
ACCEPTED = _declared("accepted", _("%(who)s se joint au groupement : %(notice)s"))
DECLINED = _declared("declined", _("%(who)s refuse l’invitation au groupement : %(notice)s"))
LEFT = _declared("left", _("%(who)s quitte le groupement : %(notice)s"))
NEW_LEAD = _declared("lead", _("%(who)s mène maintenant le groupement : %(notice)s"))
DISSOLVED = _declared("dissolved", _("Groupement dissous : %(notice)s"))


def send_invitations(consortium: Consortium, asked: Iterable[ConsortiumMember], by: User) -> None:
    lead = consortium.members.select_related("supplier__organisation").get(is_lead=True)
    for part in asked:
        context = {"who": lead.supplier.organisation.name, "brings": part.brings}
        _send(INVITED, consortium, [part], by, version=part.invited_at.isoformat(), context=context)


def send_accepted(part: ConsortiumMember, by: User) -> None:
    _tell_others(ACCEPTED, part, by, at=part.answered_at)


def send_declined(part: ConsortiumMember, by: User) -> None:
    """The lead alone hears who said no."""
    _tell_others(DECLINED, part, by, at=part.answered_at, lead_only=True)


def send_left(part: ConsortiumMember, by: User, heir: ConsortiumMember | None) -> None:
    _tell_others(LEFT, part, by, at=part.answered_at, heir=heir.supplier.organisation.name if heir else "")


def send_new_lead(heir: ConsortiumMember, by: User) -> None:
    _tell_others(NEW_LEAD, heir, by, at=timezone.now(), everyone=True)


def send_dissolved(consortium: Consortium, by: User) -> None:
    """To who is inside and to who is still asked."""
    parts = consortium.members.filter(state__in=ConsortiumMember.INSIDE_OR_ASKED)
    _send(DISSOLVED, consortium, parts, by, version="1", context={"what": DISSOLVED.kind})


def _tell_others(
    email: Email,
    about: ConsortiumMember,
    by: User,
    *,
    at: datetime | None,
    lead_only: bool = False,
    everyone: bool = False,
    **more: Any,
) -> None:
    """`about` is whose move it is; they hear of it themselves only where `everyone` does."""
    readers = about.consortium.members.inside()
    if lead_only:
        readers = readers.filter(is_lead=True)
    if not everyone:
        readers = readers.exclude(pk=about.pk)
    version = f"{about.pk} {at.isoformat() if at else 0}"
    context = {"who": about.supplier.organisation.name, "what": email.kind, **more}
    _send(email, about.consortium, readers, by, version=version, context=context)


def _send(
    email: Email,
    consortium: Consortium,
    parts: Iterable[ConsortiumMember],
    by: User,
    *,
    version: str,
    context: dict[str, Any],
) -> None:
    """To the members of each enterprise; never to the person who did it."""
    notice = consortium.notice
    kind = kind_of(notice)
    shared = {
        "notice": notice.title,
        "buyer": kind.buyer_name(notice),
        "closes_at": notice.closes_at,
        "page_url": site_link("dealings:consortium", consortium.pk),
        **context,
    }
    keys = [part.pk for part in parts]
    rows = list(ConsortiumMember.objects.filter(pk__in=keys).select_related("supplier__organisation"))
    readers = readers_by_organisation(part.supplier.organisation_id for part in rows)
    send_emails(
        [
            Draft(
                email=email,
                recipient=reader,
                subject=f"consortium:{consortium.pk}:{part.supplier_id}",
                version=version,
                organisation=part.supplier.organisation,
                members_of=part.supplier.organisation,
                context=shared,
            )
            for part in rows
            for reader in readers[part.supplier.organisation_id]
            if reader.pk != by.pk
        ]
    )
