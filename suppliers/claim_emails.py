"""What claims write: to who claims, to those who hold the listing already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import members
from marketplace.accounts.answering import usual_wait_lazy
from marketplace.accounts.models import Membership, User
from marketplace.outbox.compose import Draft, send_emails
from marketplace.web.emails import Email, site_link
from suppliers.models import Claim

_CLAIMANT = _("Vous recevez ce courriel parce que vous avez demandé à tenir la fiche « %(organisation)s ».")
_MEMBERS = _("Vous recevez ce courriel parce que vous agissez pour « %(organisation)s ».")
_ANSWER = _("Votre demande pour %(name)s : réponse du pôle")

CLAIM_RECEIVED = Email(
    kind="claim.received",
    audience=_("Vous recevez ce courriel parce que vous avez demandé à tenir la fiche « %(name)s »."),
    title=_("Nous avons votre demande pour %(name)s"),
    template="claims/received",
)
CLAIM_TOLD = Email(
    kind="claim.told",
    audience=_MEMBERS,
    title=_("Quelqu’un demande à tenir la fiche « %(name)s »"),
    template="claims/told",
)
CLAIM_JOINED = Email(
    kind="claim.joined",
    audience=_MEMBERS,
    title=_("%(who)s agit maintenant pour %(name)s"),
    template="claims/joined",
)
CLAIM_ACCEPTED = Email(
    kind="claim.accepted",
    audience=_CLAIMANT,
    title=_("Vous tenez maintenant la fiche « %(name)s »"),
    template="claims/accepted",
)
CLAIM_REFUSED = Email(kind="claim.refused", audience=_CLAIMANT, title=_ANSWER, template="claims/refused")
CLAIM_ENDED = Email(kind="claim.ended", audience=_CLAIMANT, title=_ANSWER, template="claims/ended")


def send_claim_received(claim: Claim) -> None:
    """The same words whoever holds the listing, or nobody."""
    _send_claim_email(
        CLAIM_RECEIVED,
        claim,
        [claim.user],
        function=claim.title,
        has_evidence=bool(claim.evidence_id),
        usual_wait=usual_wait_lazy(),
        link=site_link("suppliers:claim", claim.supplier.slug),
    )


def send_claim_told(claim: Claim) -> None:
    """« Someone says that they act for you »: a name and a function, so that a member can warn the pôle."""
    readers = members.all_of(claim.supplier.organisation)
    _send_claim_email(
        CLAIM_TOLD, claim, readers, link=site_link(settings.SITE_PAGES["contact"]), **_claimant(claim)
    )


def send_claim_joined(claim: Claim, readers: Iterable[User]) -> None:
    link = site_link("accounts:members", claim.supplier.organisation_id)
    _send_claim_email(CLAIM_JOINED, claim, readers, link=link, **_claimant(claim))


def send_claim_accepted(claim: Claim, membership: Membership) -> None:
    _send_claim_email(
        CLAIM_ACCEPTED,
        claim,
        [claim.user],
        message=claim.answer,
        is_owner=membership.role == Membership.Role.OWNER,
        link=site_link(settings.SITE_PAGES["my_space"]),
    )


def send_claim_refused(claim: Claim) -> None:
    _send_answer(CLAIM_REFUSED, claim)


def send_claim_ended(claim: Claim) -> None:
    """Another person was recognised."""
    _send_answer(CLAIM_ENDED, claim)


def _send_answer(email: Email, claim: Claim) -> None:
    link = site_link("suppliers:claim", claim.supplier.slug)
    _send_claim_email(email, claim, [claim.user], message=claim.answer, link=link)


def _claimant(claim: Claim) -> dict[str, Any]:
    return {"who": claim.user.get_full_name() or _("Une personne"), "function": claim.title}


def _send_claim_email(email: Email, claim: Claim, readers: Iterable[User], **context: Any) -> None:
    send_emails(
        [
            Draft(
                email=email,
                recipient=reader,
                organisation=claim.supplier.organisation,
                subject=f"supplier:{claim.supplier_id}",
                version=str(claim.pk),
                context=context,
            )
            for reader in readers
        ]
    )
