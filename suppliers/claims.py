"""« C’est mon entreprise »: NEQs are public, so saying it grants nothing. The pôle checks, decides and answers.

The sheet's members are told that someone asked: a name and a function, nothing else. A worker tells them, so that the
answer takes as long whether anybody holds the sheet or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts import members
from marketplace.accounts.models import Membership
from marketplace.outbox.events import post_event
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import Checked, delete_private_file, store_private_file
from marketplace.web.verbs import verb
from suppliers import claim_emails as emails
from suppliers.models import Claim, Status, Supplier
from suppliers.permissions import can_curate_supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User

State = Claim.State


@verb
def claim(
    *,
    supplier: Supplier,
    title: str,
    message: str,
    by: User,
    phone: str = "",
    evidence: Checked | None = None,
) -> Claim:
    """Ask to hold a sheet. One open claim per person and sheet; after a refusal, only with something new."""
    if supplier.organisation_id in by.organisation_ids:
        raise WrongMove(_("Vous agissez déjà pour cette entreprise."))
    if supplier.status == Status.ARCHIVED:
        raise WrongMove(_("Cette fiche est fermée. Écrivez au pôle si elle doit rouvrir."))
    message = message.strip()
    last = last_of(supplier, by)
    if last is not None and last.state == State.REFUSED and evidence is None and last.message == message:
        raise WrongMove(_("Le pôle a déjà répondu à ce message. Ajoutez ce qui est nouveau, ou une pièce."))
    try:
        with transaction.atomic():
            made = Claim.objects.create(
                supplier=supplier,
                user=by,
                title=title.strip(),
                phone=phone,
                message=message,
                evidence=store_private_file(upload=evidence, by=by) if evidence else None,
            )
    except IntegrityError as error:
        raise WrongMove(_("Votre demande est déjà chez le pôle.")) from error
    emails.send_claim_received(made)
    post_event(kind="claim.made", subject=f"claim:{made.pk}", version="1")  # who holds the sheet hears of it
    return made


@verb
def withdraw(*, claim: Claim, by: User) -> Claim:
    """The person takes their claim back; its evidence goes."""
    current = _held(claim)
    if current.user_id != by.pk:
        raise NotAllowed(_("Cette demande n’est pas la vôtre."))
    _close(current, State.WITHDRAWN, by=by, answer="")
    if (file := current.evidence) is not None:
        current.evidence = None
        current.save(update_fields=["evidence"])
        delete_private_file(file=file, by=by)
    return current


@verb
def accept(
    *, claim: Claim, by: User | None, role: str = "", answer: str = "", end_others: bool = True
) -> Membership:
    """The pôle found that it is true: the person joins, as owner where there is none yet, else as `role` says.

    `end_others`: the other open claims on the sheet end too; those people hear that someone can invite them.
    """
    organisation = claim.supplier.organisation
    members.hold(organisation)  # first: two decisions about two claims on one sheet wait for each other
    current = _held(claim)
    _check_right(current, by)
    first = not members.owners(organisation).exists()
    role = role or (Membership.Role.OWNER if first else Membership.Role.EDITOR)
    if role not in Membership.Role.values:
        raise WrongMove(_("Choisissez un rôle."))
    _close(current, State.ACCEPTED, by=by, answer=answer)
    already = [member for member in members.all_of(organisation) if member.pk != current.user_id]
    membership = members.add(organisation=organisation, user=current.user, role=role, by=by)
    emails.send_claim_accepted(current, membership)
    emails.send_claim_joined(current, already)
    if end_others:
        for other in Claim.objects.select_for_update().open().filter(supplier=current.supplier_id):
            _close(other, State.REFUSED, by=by, answer="")
            emails.send_claim_ended(other)
    return membership


@verb
def refuse(*, claim: Claim, by: User | None, answer: str) -> Claim:
    """Not shown to be true, as the answer says; the person may come back with something new."""
    current = _held(claim)
    _check_right(current, by)
    if not answer.strip():
        raise WrongMove(_("Écrivez pourquoi : la personne recevra votre message."))
    _close(current, State.REFUSED, by=by, answer=answer)
    emails.send_claim_refused(current)
    return current


def last_of(supplier: Supplier, user: User) -> Claim | None:
    return Claim.objects.filter(supplier=supplier, user=user).order_by("-created_at", "-pk").first()


def _held(claim: Claim) -> Claim:
    """The claim as it stands, held until the transaction ends: two people who decide at once wait for each other."""
    current = (
        Claim.objects.select_for_update(of=("self",))
        .select_related("supplier__organisation", "user", "evidence")
        .filter(pk=claim.pk)
        .first()
    )
    if current is None or current.state != State.OPEN:
        raise WrongMove(_("Cette demande n’attend plus de décision."))
    return current


def _check_right(claim: Claim, by: User | None) -> None:
    if by is None:
        return
    if not can_curate_supplier(by, claim.supplier):
        raise NotAllowed(_("Cette fiche n’est pas dans votre territoire."))
    if claim.user_id == by.pk:
        raise NotAllowed(_("Quelqu’un d’autre du pôle décide de votre propre demande."))


def _close(claim: Claim, state: str, *, by: User | None, answer: str) -> None:
    claim.state, claim.answer = state, answer.strip()
    claim.decided_by, claim.decided_at = by, timezone.now()
    claim.save(update_fields=["state", "answer", "decided_by", "decided_at"])
