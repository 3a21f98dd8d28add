"""A person asks to act for an organisation; staff, or owners of a verified institution, decide; members are told.

NEQs, names and towns are public, so asking grants nothing (docs/adr/0011). One exception: whoever has confirmed an
address at a domain that staff have confirmed to be a verified institution's own joins at once; its people are told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import current_app
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts import join_emails
from marketplace.accounts.claimed_neq import give_neq
from marketplace.accounts.email_domains import domain_of_email, is_generic_domain
from marketplace.accounts.members import add_member, members_of, owners_of
from marketplace.accounts.models import JoinRequest, Membership, Organisation, Side
from marketplace.accounts.own_domains import confirm_domains_of, domain_that_lets_in
from marketplace.accounts.permissions import can_curate_organisation, is_owner_of
from marketplace.accounts.poles import pole_acting_for
from marketplace.accounts.retention import BATCH, blank_rows, served_requests
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import Checked, PrivateFile, delete_private_file, store_private_file
from marketplace.web.verbs import verb

if TYPE_CHECKING:
    from marketplace.accounts.models import User

State = JoinRequest.State
OWNER, EDITOR = Membership.Role.OWNER, Membership.Role.EDITOR
#: What the person said, and what was answered: these words go once they have served.
SAID = ("title", "phone", "message", "email", "domain", "answer")


# -- the verbs -----------------------------------------------------------------------------------------------------


@verb
def ask_to_join(
    *,
    organisation: Organisation,
    side: str,
    title: str,
    by: User,
    message: str = "",
    phone: str = "",
    evidence: Checked | None = None,
    claimed_neq: str = "",
) -> JoinRequest:
    """Ask to act for an organisation. One open request per person, organisation and side.

    A refused claim is heard again only with something new. `claimed_neq`: of an organisation that has none.
    """
    current = held_organisation(organisation)
    message = message.strip()
    if current.pk in by.organisation_ids:
        raise WrongMove(
            _("Vous agissez déjà pour cette entreprise.")
            if side == Side.SELLING
            else _("Vous agissez déjà pour cette institution.")
        )
    last = last_join_request(current, by, side)
    if (
        side == Side.SELLING
        and last
        and last.state == State.REFUSED
        and not evidence
        and last.message == message
    ):
        raise WrongMove(_("Le pôle a déjà répondu à ce message. Ajoutez ce qui est nouveau, ou une pièce."))
    domain = domain_of_email(by.email)
    try:
        with transaction.atomic():
            made = JoinRequest.objects.create(
                organisation=current,
                side=side,
                user=by,
                title=title.strip(),
                phone=phone,
                message=message,
                evidence=store_private_file(upload=evidence, by=by, holder=by) if evidence else None,
                email=by.email,
                domain="" if is_generic_domain(domain) else domain,
                claimed_neq="" if current.neq else claimed_neq,
            )
    except IntegrityError as error:
        raise WrongMove(
            _("Votre demande est déjà chez le pôle.")
            if side == Side.SELLING
            else _("Votre demande est déjà envoyée.")
        ) from error
    if side == Side.BUYING and joins_at_once(current, by):
        others = list(members_of(current))
        _let_in(made, by=None, role=EDITOR, answer="")
        join_emails.send_request_joined(made, others, by_domain=domain_that_lets_in(current, by))
    else:
        join_emails.send_request_received(made)
        transaction.on_commit(_wake_worker, robust=True)
    return made


@verb
def withdraw_join_request(*, join_request: JoinRequest, by: User) -> JoinRequest:
    """The person takes it back; the file that came along goes."""
    current = _open_request(join_request)
    if current.user_id != by.pk:
        raise NotAllowed(_("Cette demande n’est pas la vôtre."))
    _close(current, State.WITHDRAWN, by=by, answer="")
    if (file := current.evidence) is not None:
        current.evidence = None
        current.save(update_fields=["evidence"])
        delete_private_file(file=file, by=by)
    return current


@verb
def accept_join_request(
    *,
    join_request: JoinRequest,
    by: User | None,
    role: str = "",
    answer: str = "",
    email_domains: list[str] | None = None,
    end_others: bool = True,
) -> Membership:
    """It is true: the person joins, as `role` says, else as owner where there is none yet and as editor where there is.

    The first person of an institution verifies it: it gets the NEQ that they declared and the e-mail domains that staff
    wrote, never the person's own by itself; those who wait with an address there come in too.
    `end_others`: the other open claims end; those people hear that someone can invite them.
    """
    organisation = held_organisation(join_request.organisation)  # two decisions wait for each other
    current = _open_request(join_request)
    check_may_decide_join(current, by)
    if role and role not in Membership.Role.values:
        raise WrongMove(_("Choisissez un rôle."))
    is_first = current.side == Side.BUYING and not organisation.institution_verified_on
    had = Membership.objects.filter(organisation=organisation, user=current.user).first()
    before: dict[str, Any] = {"role": had.role if had else "", "ended": [], "let_in": []}
    if is_first:
        before["institution"] = {"neq": organisation.neq, "awaits_review": organisation.awaits_review}
        _verify_institution(organisation, current, by)
        before["institution"]["domains"] = confirm_domains_of(
            organisation=organisation, domains=email_domains or (), by=by
        )
    has_owner = owners_of(organisation).exists()
    others = [member for member in members_of(organisation) if member.pk != current.user_id]
    membership = _let_in(current, by=by, role=role or (EDITOR if has_owner else OWNER), answer=answer)
    join_emails.send_request_accepted(current, membership, is_first=is_first)
    join_emails.send_request_joined(current, others)
    if current.side == Side.SELLING and end_others:
        for other in _others_open(current):
            _close(other, State.REFUSED, by=by, answer="")
            before["ended"].append([other.pk, other.cause])
            join_emails.send_request_ended(other)
    if is_first:
        for other in _others_open(current):
            if by_domain := domain_that_lets_in(organisation, other.user):
                told = list(members_of(organisation))
                joined = _let_in(other, by=by, role=EDITOR, answer="")
                before["let_in"].append([other.pk, other.cause])
                join_emails.send_request_accepted(other, joined, is_first=False)
                join_emails.send_request_joined(other, told, by_domain=by_domain)
    current.before = before
    current.save(update_fields=["before"])
    return membership


@verb
def refuse_join_request(*, join_request: JoinRequest, by: User | None, answer: str) -> JoinRequest:
    """Not shown to be true, as the answer says; the person may come back."""
    held_organisation(join_request.organisation)
    current = _open_request(join_request)
    check_may_decide_join(current, by)
    if not answer.strip():
        raise WrongMove(_("Écrivez pourquoi : la personne recevra votre message."))
    _close(current, State.REFUSED, by=by, answer=answer)
    join_emails.send_request_refused(current)
    return current


@verb
def tell_members_of_join_request(*, join_request_id: int, by: None) -> None:
    """Members hear that someone asked, while there is something to answer. Safe to run twice."""
    current = (
        JoinRequest.objects.select_for_update(of=("self",))
        .select_related("organisation", "user")
        .filter(pk=join_request_id, members_told_at__isnull=True)
        .first()
    )
    if current is None:
        return
    if current.is_open and current.side == Side.SELLING:
        join_emails.send_request_told(current, members_of(current.organisation))
    elif current.is_open and current.organisation.institution_verified_on:
        join_emails.send_request_asked(current, owners_of(current.organisation))
    JoinRequest.objects.filter(pk=current.pk).update(members_told_at=timezone.now())


@verb
def forget_join_requests(*, by: None) -> int:
    """What people said to act for an organisation, and the file beside it, once it has served; how many requests.

    That they asked, and who decided, stays.
    """
    served = served_requests(JoinRequest.objects.all(), said=SAID)
    rows = dict(served.values_list("pk", "evidence")[:BATCH])
    blank_rows(JoinRequest, pks=rows, values={**dict.fromkeys(SAID, ""), "evidence": None})
    for file in PrivateFile.objects.filter(pk__in=[file for file in rows.values() if file]):
        delete_private_file(file=file, by=None)
    return len(rows)


# -- questions -----------------------------------------------------------------------------------------------------


def last_join_request(organisation: Organisation, user: User, side: str) -> JoinRequest | None:
    asked = JoinRequest.objects.filter(organisation=organisation, user=user, side=side)
    return asked.order_by("-created_at", "-pk").first()


def joins_at_once(organisation: Organisation, user: User) -> bool:
    """At a confirmed domain of a verified institution where an owner is there to be told, and never a member before:
    whom an owner removed does not come back."""
    if not organisation.institution_verified_on or not domain_that_lets_in(organisation, user):
        return False
    if not owners_of(organisation).exists():
        return False
    before = Membership.pgh_event_model.objects.filter(  # type: ignore[attr-defined]  # set by pghistory
        user_id=user.pk, organisation_id=organisation.pk
    )
    return not before.exists()


def may_decide(user: User, join_request: JoinRequest) -> bool:
    """Staff who curate the organisation; of a verified institution its owners too. Nobody decides their own."""
    organisation = join_request.organisation
    if join_request.user_id == user.pk:
        return False
    if can_curate_organisation(user, organisation):
        return True
    is_verified = join_request.side == Side.BUYING and organisation.institution_verified_on is not None
    return is_verified and is_owner_of(user, organisation)


# -- inside --------------------------------------------------------------------------------------------------------


def held_organisation(organisation: Organisation) -> Organisation:
    """As it stands, held until the transaction ends: two people who act on it at once wait for each other."""
    return Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)


def _open_request(join_request: JoinRequest) -> JoinRequest:
    current = (
        JoinRequest.objects.select_for_update(of=("self",))
        .select_related("organisation", "user", "evidence")
        .filter(pk=join_request.pk)
        .first()
    )
    if current is None or not current.is_open:
        raise WrongMove(_("Cette demande n’attend plus de décision."))
    return current


def check_may_decide_join(join_request: JoinRequest, by: User | None) -> None:
    if by is None or may_decide(by, join_request):
        return
    if join_request.user_id == by.pk:
        raise NotAllowed(_("C’est à quelqu’un d’autre de décider de votre propre demande."))
    raise NotAllowed(
        _("Cette fiche n’est pas dans votre territoire.")
        if join_request.is_selling
        else _("Cette institution ne relève pas de votre pôle.")
    )


def _verify_institution(organisation: Organisation, join_request: JoinRequest, by: User | None) -> None:
    if join_request.claimed_neq and not organisation.neq:
        give_neq(organisation, join_request.claimed_neq)
    organisation.awaits_review = False
    organisation.institution_verified_on = timezone.localdate()
    organisation.institution_verified_by = pole_acting_for(organisation, by)
    organisation.save(
        update_fields=[
            "neq", "awaits_review", "institution_verified_on", "institution_verified_by", "updated_at",
        ]
    )  # fmt: skip
    join_request.organisation = organisation
    if organisation.neq:
        _gather_declared(organisation)


def _gather_declared(organisation: Organisation) -> None:
    """Those who registered the same NEQ apart now wait at the institution that has it, where its staff and owners decide."""
    waiting = JoinRequest.objects.select_for_update(of=("self",)).open()
    apart = waiting.filter(
        side=Side.BUYING, claimed_neq=organisation.neq, organisation__awaits_review=True
    ).exclude(organisation=organisation)
    here = waiting.filter(side=Side.BUYING, organisation=organisation).values_list("user", flat=True)
    for request in apart.exclude(user__in=list(here)):
        left = request.organisation
        request.organisation = organisation
        request.save(update_fields=["organisation"])
        if not left.join_requests.exists() and not left.memberships.exists():
            left.delete()


def _wake_worker() -> None:
    """Members are told by a worker, at once where the broker hears it, else within a minute."""
    current_app.send_task(
        "accounts.tell_members", expires=60, retry_policy={"max_retries": 1, "interval_start": 0}
    )


def _let_in(join_request: JoinRequest, *, by: User | None, role: str, answer: str) -> Membership:
    _close(join_request, State.ACCEPTED, by=by, answer=answer)
    return add_member(organisation=join_request.organisation, user=join_request.user, role=role, by=by)


def _others_open(join_request: JoinRequest) -> list[JoinRequest]:
    rows = JoinRequest.objects.select_for_update(of=("self",)).open().exclude(pk=join_request.pk)
    same = rows.filter(organisation=join_request.organisation_id, side=join_request.side)
    return list(same.select_related("user", "organisation").order_by("created_at", "pk"))


def _close(join_request: JoinRequest, state: str, *, by: User | None, answer: str) -> None:
    join_request.state, join_request.answer = state, answer.strip()
    join_request.decided_by, join_request.decided_at = by, timezone.now()
    join_request.save(update_fields=["state", "answer", "decided_by", "decided_at"])
