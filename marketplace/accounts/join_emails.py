"""The mails about a request to join: to who asks, to those who act for the organisation already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from marketplace.accounts.emails import send_account_email
from marketplace.accounts.models import JoinRequest, Membership, User
from marketplace.web.emails import Email, site_link
from marketplace.web.workdays import promised_wait_lazy

_CLAIMANT = gettext_lazy(
    "Vous recevez ce courriel parce que vous avez demandé à gérer la fiche « %(organisation)s »."
)
_APPLICANT = gettext_lazy(
    "Vous recevez ce courriel parce que vous avez demandé à agir pour « %(organisation)s »."
)
_MEMBERS = gettext_lazy("Vous recevez ce courriel parce que vous agissez pour « %(organisation)s ».")
# Who had a letter of a decision may act for the organisation, or have asked to and been refused.
_WRITTEN_TO = gettext_lazy(
    "Vous recevez ce courriel parce que nous vous avions écrit à propos de cette décision."
)
_RECEIVED = gettext_lazy("Demande reçue : %(name)s")
_JOINED = gettext_lazy("%(who)s agit maintenant pour %(name)s")
_ANSWER = gettext_lazy("Votre demande pour %(name)s : réponse du pôle")

CLAIM_RECEIVED = Email(kind="claim.received", audience=_CLAIMANT, title=_RECEIVED, template="claims/received")
CLAIM_TOLD = Email(
    kind="claim.told",
    audience=_MEMBERS,
    title=gettext_lazy("Une personne demande à gérer la fiche « %(name)s »"),
    template="claims/told",
)
CLAIM_JOINED = Email(kind="claim.joined", audience=_MEMBERS, title=_JOINED, template="claims/joined")
CLAIM_ACCEPTED = Email(
    kind="claim.accepted",
    audience=_CLAIMANT,
    title=gettext_lazy("Vous gérez maintenant la fiche « %(name)s »"),
    template="claims/accepted",
)
CLAIM_REFUSED = Email(kind="claim.refused", audience=_CLAIMANT, title=_ANSWER, template="claims/refused")
CLAIM_ENDED = Email(kind="claim.ended", audience=_CLAIMANT, title=_ANSWER, template="claims/ended")

JOIN_UNDONE = Email(
    kind="join.undone",
    audience=_WRITTEN_TO,
    title=gettext_lazy("%(name)s : une décision est annulée"),
    template="claims/undone",
)

ENROLMENT_RECEIVED = Email(
    kind="enrolment.received", audience=_APPLICANT, title=_RECEIVED, template="enrolments/received"
)
ENROLMENT_ASKED = Email(
    kind="enrolment.asked",
    audience=_MEMBERS,
    title=gettext_lazy("%(who)s demande à se joindre à %(name)s"),
    template="enrolments/asked",
)
ENROLMENT_JOINED = Email(
    kind="enrolment.joined", audience=_MEMBERS, title=_JOINED, template="enrolments/joined"
)
ENROLMENT_ACCEPTED = Email(
    kind="enrolment.accepted",
    audience=_APPLICANT,
    title=gettext_lazy("Vous agissez maintenant pour %(name)s"),
    template="enrolments/accepted",
)
ENROLMENT_REFUSED = Email(
    kind="enrolment.refused",
    audience=_APPLICANT,
    title=gettext_lazy("Votre demande pour %(name)s : réponse"),
    template="enrolments/refused",
)


def send_request_received(join_request: JoinRequest) -> None:
    """To who waits for an answer. The same words whoever acts for the organisation, or nobody."""
    _send(
        CLAIM_RECEIVED if join_request.is_selling else ENROLMENT_RECEIVED,
        join_request,
        [join_request.user],
        function=join_request.title,
        address=join_request.email,
        has_evidence=bool(join_request.evidence_id),
        is_for_colleagues=join_request.organisation.institution_verified_on is not None,
        promised_wait=promised_wait_lazy(),
        link=_page(join_request),
    )


def send_request_told(join_request: JoinRequest, readers: Iterable[User]) -> None:
    """« Someone says that they act for you »: a name and a function, so that a member can warn the pôle."""
    _send(
        CLAIM_TOLD,
        join_request,
        readers,
        link=site_link(settings.SITE_PAGES["contact"]),
        **_who(join_request),
    )


def send_request_asked(join_request: JoinRequest, owners: Iterable[User]) -> None:
    """A colleague whose address is not at the institution's domain waits for their answer."""
    _send(ENROLMENT_ASKED, join_request, owners, link=_page(join_request), **_who(join_request))


def send_request_joined(join_request: JoinRequest, readers: Iterable[User], *, by_domain: str = "") -> None:
    """To the others who act for the organisation; `by_domain`: the confirmed domain that let the person in."""
    email = CLAIM_JOINED if join_request.is_selling else ENROLMENT_JOINED
    link = site_link("accounts:members", join_request.organisation_id)
    _send(email, join_request, readers, link=link, by_domain=by_domain, **_who(join_request))


def send_request_accepted(join_request: JoinRequest, membership: Membership, *, is_first: bool) -> None:
    _send(
        CLAIM_ACCEPTED if join_request.is_selling else ENROLMENT_ACCEPTED,
        join_request,
        [join_request.user],
        first=is_first,
        is_owner=membership.role == Membership.Role.OWNER,
        message=join_request.answer,
        link=site_link(settings.SITE_PAGES["my_space"]),
    )


def send_request_refused(join_request: JoinRequest) -> None:
    email = CLAIM_REFUSED if join_request.is_selling else ENROLMENT_REFUSED
    _send_answer(email, join_request)


def send_request_ended(join_request: JoinRequest) -> None:
    """Another person was recognised; colleagues can invite this one."""
    _send_answer(CLAIM_ENDED, join_request)


def send_join_undone(join_request: JoinRequest, letters: Iterable[Any], *, message: str) -> None:
    """To those who had a letter of the decision: it no longer stands, and where the request is now."""
    for letter in letters:
        if letter.recipient is None:
            continue
        send_account_email(
            JOIN_UNDONE,
            recipient=letter.recipient,
            organisation=join_request.organisation,
            subject=f"organisation:{join_request.organisation_id}",
            version=f"{letter.pk}",
            context={
                "told": letter.title,
                "told_on": letter.done_at or letter.created_at,
                "is_own": letter.recipient == join_request.user,
                "message": message,
                "link": _page(join_request) if letter.recipient == join_request.user else "",
                **_who(join_request),
            },
        )


def _send_answer(email: Email, join_request: JoinRequest) -> None:
    _send(email, join_request, [join_request.user], message=join_request.answer, link=_page(join_request))


def _page(join_request: JoinRequest) -> Any:
    return site_link(join_request.page_name, join_request.pk)


def _who(join_request: JoinRequest) -> dict[str, Any]:
    return {
        "who": join_request.user.get_full_name() or gettext_lazy("Une personne"),
        "function": join_request.title,
    }


def _send(email: Email, join_request: JoinRequest, readers: Iterable[User], **context: Any) -> None:
    for reader in readers:
        send_account_email(
            email,
            recipient=reader,
            organisation=join_request.organisation,
            subject=f"organisation:{join_request.organisation_id}",
            version=join_request.cause.partition(":")[2] or str(join_request.pk),
            context=context,
            decision=join_request.cause,
        )
