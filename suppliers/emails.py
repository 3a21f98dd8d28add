"""What curation and registration write to an enterprise: to its members, else to the address of its listing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.members import members_of
from marketplace.accounts.models import Invitation, User
from marketplace.outbox.compose import send_email, send_email_to_all
from marketplace.outbox.models import Message
from marketplace.territories.models import Pole
from marketplace.web.emails import Email, site_link
from marketplace.web.typography import format_neq
from marketplace.web.workdays import promised_wait_lazy
from suppliers.criteria import criteria_to_complete
from suppliers.models import CustomerReference, Decision, Registration, Status, Supplier
from suppliers.verification import verification_of

_BEGUN = _("Vous recevez ce courriel parce que vous avez commencé la fiche « %(organisation)s ».")
_HOLDERS = _("Vous recevez ce courriel parce que vous gérez la fiche « %(organisation)s ».")
_LISTED = _("Vous recevez ce courriel parce que la fiche « %(organisation)s » figure sur Maillage.")
_WRITTEN_TO = _("Vous recevez ce courriel parce que nous vous avions écrit à propos de cette décision.")

SUPPLIER_RETURNED = Email(
    kind="curation.returned",
    audience=_(
        "Vous recevez ce courriel parce que la fiche « %(organisation)s » a été soumise à la vérification."
    ),
    title=_("%(name)s\u00a0: un complément est demandé"),
    template="curation/returned",
)
SUPPLIER_WRITTEN_TO = Email(
    kind="curation.written_to",
    audience=_LISTED,
    title=_("Une question sur la fiche « %(name)s »"),
    template="curation/written_to",
)
SUPPLIER_PUBLISHED = Email(
    kind="curation.published",
    audience=_HOLDERS,
    title=_("%(name)s\u00a0: votre fiche est publiée"),
    template="curation/published",
)
SUPPLIER_REFUSED = Email(
    kind="curation.closed",
    audience=_HOLDERS,
    title=_("%(name)s\u00a0: la fiche n’est pas publiée"),
    template="curation/closed",
)
SUPPLIER_SUSPENDED = Email(
    kind="curation.suspended",
    audience=_HOLDERS,
    title=_("%(name)s : votre fiche n’est plus affichée pour le moment"),
    template="curation/suspended",
)
SUPPLIER_REOPENED = Email(
    kind="curation.reopened",
    audience=_HOLDERS,
    title=_("%(name)s : votre fiche est rouverte"),
    template="curation/reopened",
)
DECISION_UNDONE = Email(
    kind="curation.undone",
    audience=_WRITTEN_TO,
    title=_("%(name)s : une décision est annulée"),
    template="curation/undone",
)
SUPPLIER_WITHDRAWN = Email(
    kind="curation.closed",
    audience=_HOLDERS,
    title=_("%(name)s\u00a0: votre fiche est retirée du répertoire"),
    template="curation/closed",
)
REGISTRATION_RECEIVED = Email(
    kind="registration.received",
    audience=_("Vous recevez ce courriel parce que vous avez envoyé la fiche « %(name)s »."),
    title=_("Fiche reçue : « %(name)s »"),
    template="registration/received",
)
REGISTRATION_LAPSING = Email(
    kind="registration.lapsing",
    audience=_BEGUN,
    title=_("%(name)s : votre fiche vous attend encore"),
    template="registration/lapsing",
)
NEQ_SETTLED = Email(
    kind="registration.neq_settled",
    audience=_BEGUN,
    title=_("Le NEQ %(neq)s a maintenant une fiche"),
    template="registration/neq_settled",
)
VERIFICATION_LAPSING = Email(
    kind="curation.lapsing",
    audience=_HOLDERS,
    title=_("%(organisation)s : la vérification de votre fiche"),
    template="curation/lapsing",
)
SUPPLIER_INVITATION = Email(
    kind="invitation",
    audience=_(
        "Vous recevez ce courriel parce que votre pôle a cette adresse pour « %(organisation)s ». Sans réponse de"
        " votre part, rien ne change."
    ),
    title=_("Gérez la fiche « %(name)s » sur Maillage"),
    template="registration/invitation",
    is_secret=True,
)
REFERENCE_ASKED = Email(
    kind="reference.asked",
    audience=_(
        "Vous recevez ce courriel parce que « %(organisation)s » dit avoir travaillé pour %(customer)s et vous demande de "
        "le confirmer. Sans réponse de votre part, rien n’est publié et votre adresse est effacée dans un mois."
    ),
    title=_("« %(organisation)s » vous demande une référence"),
    template="references/asked",
    is_secret=True,
)
REFERENCE_CONFIRMED = Email(
    kind="reference.confirmed",
    audience=_(
        "Vous recevez ce courriel parce que vous avez confirmé une référence pour « %(organisation)s »."
    ),
    title=_("Votre référence pour « %(organisation)s »"),
    template="references/confirmed",
    is_secret=True,
)


def send_supplier_returned(*, supplier: Supplier, decision: Decision, pole: Pole | None) -> int:
    """« Il manque… »: to every member, else to one address of the listing. How many mails were written."""
    return _send_question(SUPPLIER_RETURNED, supplier, decision, pole)


def _send_question(email: Email, supplier: Supplier, decision: Decision, pole: Pole | None) -> int:
    criteria = lazy(criteria_to_complete, list)(supplier)  # in the language of each reader
    link = (
        site_link("suppliers:register_step", supplier.pk, "criteria")
        if criteria
        else site_link(settings.SITE_PAGES["my_space"])
    )
    members_too = _send_decision(
        email, supplier, decision, pole, context={"criteria": criteria, "link": link}
    )
    address = "" if members_of(supplier.organisation).exists() else _listed_address(supplier)
    if not address:
        return members_too
    sent = send_email(
        email,
        recipient=None,
        address=address,
        organisation=supplier.organisation,
        pole=pole,
        context={"message": decision.message, "criteria": criteria},
        **_cause(supplier, decision),
    )
    return int(sent is not None)


def send_supplier_written_to(*, supplier: Supplier, decision: Decision, pole: Pole | None) -> int:
    """A question about a listing that stays as it is: to every member, else to one address of the listing."""
    return _send_question(SUPPLIER_WRITTEN_TO, supplier, decision, pole)


def send_supplier_published(*, supplier: Supplier, decision: Decision, pole: Pole | None) -> int:
    """To the members. A listing's address never asked for it and gets nothing.

    While it waits, who answers `supplier.published` may join what it found for the supplier: one mail instead of two.
    """
    link = site_link("suppliers:supplier", supplier.slug)
    return _send_decision(
        SUPPLIER_PUBLISHED,
        supplier,
        decision,
        pole,
        context={"link": link, "verification": verification_of(supplier)},
    )


def send_supplier_suspended(*, supplier: Supplier, decision: Decision, pole: Pole | None) -> int:
    """To the members: the public no longer sees it, for a time, and why. How many mails were written."""
    link = site_link(settings.SITE_PAGES["contact"])
    return _send_decision(SUPPLIER_SUSPENDED, supplier, decision, pole, context={"link": link})


def send_supplier_reopened(*, supplier: Supplier, decision: Decision, pole: Pole | None) -> int:
    """To the members: it is a draft again, to be completed and submitted. How many mails were written."""
    link = site_link("suppliers:register_step", supplier.pk, "identity")
    return _send_decision(SUPPLIER_REOPENED, supplier, decision, pole, context={"link": link})


def send_decision_undone(
    *, supplier: Supplier, undo: Decision, pole: Pole | None, letters: Iterable[Message]
) -> int:
    """To those who had the letter of a decision: it no longer stands, and where the supplier is now; how many."""
    written = 0
    for letter in letters:
        sent = send_email(
            DECISION_UNDONE,
            recipient=letter.recipient,
            address=letter.address,
            organisation=supplier.organisation,
            pole=pole,
            context={
                "told": letter.title,
                "told_on": letter.done_at or letter.created_at,
                "supplier": supplier,
                "message": undo.message,
                "link": site_link(settings.SITE_PAGES["my_space"]) if letter.recipient else "",
            },
            subject=f"supplier:{supplier.pk}",
            version=str(undo.pk),
        )
        written += sent is not None
    return written


def send_verification_lapsing(
    *, supplier: Supplier, pole: Pole | None, version: str, message: str = ""
) -> int:
    """To the members: until when the verification holds, or since when it does not, and what to do. How many mails."""
    written = send_email_to_all(
        VERIFICATION_LAPSING,
        members_of(supplier.organisation),
        organisation=supplier.organisation,
        pole=pole,
        subject=f"supplier:{supplier.pk}",
        version=version,
        context={
            "message": message,
            "until": supplier.verified_until,
            "verification": verification_of(supplier),
            "link": site_link("suppliers:register_step", supplier.pk, "submit"),
        },
    )
    return len(written)


def send_supplier_closed(
    *, supplier: Supplier, decision: Decision, pole: Pole | None, was_public: bool
) -> int:
    """The registration is refused, or the supplier withdrawn: to the members, with the reason and the message."""
    return _send_decision(
        SUPPLIER_WITHDRAWN if was_public else SUPPLIER_REFUSED,
        supplier,
        decision,
        pole,
        context={
            "decision": decision,
            "was_public": was_public,
            "link": site_link(settings.SITE_PAGES["contact"]),
        },
    )


def send_registration_received(*, supplier: Supplier, decision: Decision, by: User, again: int = 0) -> None:
    """To the person who sent it: their colleagues see it in « Mon espace », and have asked for nothing.

    `again`: how many times it has been sent again, so that each time is a mail of its own.
    """
    send_email(
        REGISTRATION_RECEIVED,
        recipient=by,
        organisation=supplier.organisation,
        context={
            "offers": supplier.offers.count(),
            "files": supplier.evidence.count(),
            "promised_wait": promised_wait_lazy(),
            "link": site_link("suppliers:register_step", supplier.pk, "submit"),
        },
        subject=f"supplier:{supplier.pk}",
        version=f"{decision.pk}.{again}" if again else str(decision.pk),
    )


def send_neq_settled(*, supplier: Supplier, decision: Decision) -> None:
    """To those who registered the NEQ that the pôle has just given to another: calmly, and where to ask to join."""
    neq = supplier.organisation.neq or ""
    others = Registration.objects.filter(claimed_neq=neq).exclude(supplier__status=Status.ARCHIVED)
    for registration in others.select_related("supplier__organisation"):
        send_email_to_all(
            NEQ_SETTLED,
            members_of(registration.supplier.organisation),
            organisation=registration.supplier.organisation,
            subject=f"supplier:{registration.supplier_id}",
            version=str(decision.pk),
            decision=decision.cause,
            context={"neq": format_neq(neq), "link": site_link("suppliers:claim", supplier.slug)},
        )


def send_registration_lapsing(*, supplier: Supplier, until: datetime, version: str) -> int:
    """To every member: without news, what was begun will be erased. How many mails were written."""
    written = send_email_to_all(
        REGISTRATION_LAPSING,
        members_of(supplier.organisation),
        organisation=supplier.organisation,
        subject=f"supplier:{supplier.pk}",
        version=version,
        context={
            "until": until,
            "link": site_link("suppliers:register_step", supplier.pk, "identity"),
        },
    )
    return len(written)


def send_supplier_invitation(
    *, invitation: Invitation, token: str, known: User | None, by: User | None, pole: Pole | None
) -> None:
    """The link by which a listing's first member joins it; the same mail whether or not they have an account."""
    send_email(
        SUPPLIER_INVITATION,
        recipient=known,
        address=invitation.email,
        organisation=invitation.organisation,
        pole=pole,
        subject=f"organisation:{invitation.organisation_id}",
        version=invitation.token_hash[:16],
        context={
            "inviter": by.get_full_name() if by else "",
            "link": site_link("accounts:invitation", token),
            "expires_at": invitation.expires_at,
        },
    )


def send_reference_asked(*, reference: CustomerReference, token: str) -> None:
    """To the customer, who need not have an account: what the enterprise says, and where to confirm or refuse it."""
    _send_reference(REFERENCE_ASKED, reference, token)


def send_reference_confirmed(*, reference: CustomerReference, token: str) -> None:
    """The receipt, whose link takes the confirmation back at any time."""
    _send_reference(REFERENCE_CONFIRMED, reference, token)


def _send_reference(email: Email, reference: CustomerReference, token: str) -> None:
    supplier = reference.supplier
    send_email(
        email,
        recipient=None,
        address=reference.email,
        language=reference.language,
        organisation=supplier.organisation,
        subject=f"supplier:{supplier.pk}:reference",
        version=str(reference.pk),
        context={
            "customer": reference.customer,
            "person": reference.person,
            "what": reference.what,
            "year": str(reference.year),
            "expires_at": reference.expires_at,
            "link": site_link("suppliers:reference", token),
            "page": site_link("suppliers:supplier", supplier.slug),
        },
    )


def _send_decision(
    email: Email,
    supplier: Supplier,
    decision: Decision,
    pole: Pole | None,
    *,
    context: dict[str, Any],
    **rest: Any,
) -> int:
    """To every member, in their language; how many mails were written."""
    written = send_email_to_all(
        email,
        members_of(supplier.organisation),
        organisation=supplier.organisation,
        pole=pole,
        context={"message": decision.message, **context},
        **_cause(supplier, decision),
        **rest,
    )
    return len(written)


def _cause(supplier: Supplier, decision: Decision) -> dict[str, str]:
    """What a mail about a decision is unique by, and what must still stand when it leaves."""
    return {"subject": f"supplier:{supplier.pk}", "version": str(decision.pk), "decision": decision.cause}


def _listed_address(supplier: Supplier) -> str:
    contact = supplier.contacts.exclude(email="").order_by("pk").first()
    return contact.email if contact else supplier.organisation.email
