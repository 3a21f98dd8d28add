"""Institutions enter by themselves: someone says that they act for one, the pôle verifies, colleagues join.

NEQs are public, so knowing one grants nothing. Until it is verified, an institution that nobody knew hangs on an
organisation of its own, without NEQ (`Buyer.claimed_neq` holds it), and nobody is a member.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers import registration_emails as emails
from buyers.models import Buyer, Enrolment, Standing
from marketplace.accounts import domains, members
from marketplace.accounts.claimed_neq import merge_organisation, settle_claimed_neq
from marketplace.accounts.models import Membership, Organisation
from marketplace.accounts.permissions import can_curate_organisation, is_owner_of
from marketplace.outbox.events import post_event
from marketplace.territories.models import Pole, PoleCoverage
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.slugs import free_slug
from marketplace.web.verbs import verb

if TYPE_CHECKING:
    from marketplace.accounts.models import User

State = Enrolment.State
OWNER, EDITOR = Membership.Role.OWNER, Membership.Role.EDITOR
SEAT_FIELDS = frozenset({"name", "town", "municipality_id", "mrc_id", "region_id", "lat", "lon", "pole_id"})
#: Words that are, or will be, pages under /acheteurs/ in one language or the other.
RESERVED = frozenset({"inscription", "register", "demandes", "requests", "export", "carte", "map"})


@verb
def register(
    *, neq: str, kind: str, seat: Mapping[str, Any], title: str, by: User, message: str = ""
) -> Enrolment:
    """An institution that we do not know, or whose registration someone has begun: it waits to be verified."""
    if unknown := seat.keys() - SEAT_FIELDS:
        raise TypeError(f"register does not write {sorted(unknown)}")
    known = known_by_neq(neq) or Buyer.objects.filter(claimed_neq=neq).first()
    if known is None:
        try:
            with transaction.atomic():
                known = Buyer.objects.create(
                    organisation=Organisation.objects.create(**{**seat, **_place_of_neq(neq)}),
                    slug=buyer_slug(str(seat["name"])),
                    kind=kind,
                    is_published=False,
                    standing=Standing.TO_VERIFY,
                    claimed_neq=neq,
                )
        except IntegrityError:  # a colleague, at the same moment
            known = Buyer.objects.get(claimed_neq=neq)
    return join(buyer=known, title=title, message=message, by=by, neq=neq)


@verb
def join(*, buyer: Buyer, title: str, by: User, message: str = "", neq: str = "") -> Enrolment:
    """Ask to act for an institution. At once where it is verified and the confirmed address is at its domain."""
    current = _held(buyer)
    if current.organisation_id in by.organisation_ids:
        raise WrongMove(_("Vous agissez déjà pour cette institution."))
    domain = "" if domains.is_generic(domains.of_email(by.email)) else domains.of_email(by.email)
    try:
        with transaction.atomic():
            made = Enrolment.objects.create(
                buyer=current,
                user=by,
                title=title.strip(),
                message=message.strip(),
                email=by.email,
                domain=domain,
            )
    except IntegrityError as error:
        raise WrongMove(_("Votre demande est déjà partie.")) from error
    if current.is_verified:
        if joins_at_once(current, by):
            _let_in(made, by=None, role=EDITOR, answer="")
            emails.send_enrolment_joined(made)
        else:
            emails.send_enrolment_received(made)
            # Its owners hear of it from a worker.
            post_event(kind="enrolment.made", subject=f"enrolment:{made.pk}", version="1")
        return made
    is_free = neq and not Buyer.objects.filter(claimed_neq=neq).exists()
    if is_free and not current.claimed_neq and not current.organisation.neq:
        current.claimed_neq = neq
    current.standing = Standing.TO_VERIFY
    current.save(update_fields=["standing", "claimed_neq"])
    emails.send_enrolment_received(made)
    return made


@verb
def accept(
    *,
    enrolment: Enrolment,
    by: User | None,
    role: str = "",
    email_domains: list[str] | None = None,
    answer: str = "",
) -> Membership:
    """Staff verify the institution and its first person; then staff or an owner let colleagues in.

    `email_domains`: whose confirmed addresses join at once from now on; the person's own where nothing is said.
    """
    buyer = _held(enrolment.buyer)
    current = _open(enrolment)
    _check_right(buyer, current, by)
    if role and role not in Membership.Role.values:
        raise WrongMove(_("Choisissez un rôle."))
    first = not buyer.is_verified
    if first:
        _verify(buyer, current, by, email_domains)
        current.buyer = buyer  # it may stand on another organisation now
    has_owner = members.owners(buyer.organisation).exists()
    membership = _let_in(current, by=by, role=role or (EDITOR if has_owner else OWNER), answer=answer)
    emails.send_enrolment_accepted(current, membership, first=first)
    emails.send_enrolment_joined(current)
    if first:
        waiting = Enrolment.objects.select_for_update(of=("self",)).open().filter(buyer=buyer)
        for other in waiting.select_related("user", "buyer__organisation"):
            if is_at(buyer, other.user):
                emails.send_enrolment_accepted(
                    other, _let_in(other, by=by, role=EDITOR, answer=""), first=False
                )
    return membership


@verb
def refuse(*, enrolment: Enrolment, by: User | None, answer: str) -> Enrolment:
    """Not shown to be true. An institution that nobody else asks for goes back to where it was."""
    buyer = _held(enrolment.buyer)
    current = _open(enrolment)
    _check_right(buyer, current, by)
    if not answer.strip():
        raise WrongMove(_("Écrivez pourquoi : la personne recevra votre message."))
    _close(current, State.REFUSED, by=by, answer=answer)
    _back_to_rest(buyer, Standing.REFUSED)
    emails.send_enrolment_refused(current)
    return current


@verb
def withdraw(*, enrolment: Enrolment, by: User) -> Enrolment:
    """The person takes it back."""
    buyer = _held(enrolment.buyer)
    current = _open(enrolment)
    if current.user_id != by.pk:
        raise NotAllowed(_("Cette demande n’est pas la vôtre."))
    _close(current, State.WITHDRAWN, by=by, answer="")
    _back_to_rest(buyer, Standing.REFUSED)
    return current


def known_by_neq(neq: str) -> Buyer | None:
    """The institution that has this NEQ for certain."""
    return Buyer.objects.select_related("organisation").filter(organisation__neq=neq).first()


def is_at(buyer: Buyer, user: User) -> bool:
    """Whether the person has confirmed an address at one of the institution's domains."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    found = {domains.of_email(email) for email in confirmed}
    return bool(found & set(buyer.domains))


def joins_at_once(buyer: Buyer, user: User) -> bool:
    """At its domain, and never a member before: whom an owner removed does not come back by themselves."""
    before = Membership.pgh_event_model.objects.filter(user_id=user.pk, organisation_id=buyer.organisation_id)
    return buyer.is_verified and is_at(buyer, user) and not before.exists()


def may_decide(user: User, buyer: Buyer) -> bool:
    """Staff of the territory; once it is verified, its owners too."""
    if can_curate_organisation(user, buyer.organisation):
        return True
    return buyer.is_verified and is_owner_of(user, buyer.organisation)


def buyer_slug(name: str) -> str:
    return free_slug(name, rows=Buyer.objects.all(), otherwise="institution", reserved=RESERVED)


def clean_domains(text: str) -> list[str]:
    """« ville.exemple.qc.ca, exemple.qc.ca » as a list. Raises `WrongMove` on what is no domain or anybody's."""
    found = [part.strip().lower().removeprefix("@") for part in text.replace(",", " ").split()]
    for domain in found:
        if "." not in domain or not all(part.replace("-", "").isalnum() for part in domain.split(".")):
            raise WrongMove(
                _("« %(domain)s » n’est pas un domaine, comme ville.exemple.ca.") % {"domain": domain}
            )
        if domains.is_generic(domain):
            raise WrongMove(
                _("N’importe qui peut avoir une adresse à %(domain)s : ce domaine ne prouve rien.")
                % {"domain": domain}
            )
    return list(dict.fromkeys(found))


def _place_of_neq(neq: str) -> dict[str, Any]:
    """Where the organisation that has this NEQ is known to be: who looks after that one decides, wherever one types."""
    fields = SEAT_FIELDS - {"name"}
    return Organisation.objects.filter(neq=neq).values(*fields).first() or {}


def _verify(buyer: Buyer, enrolment: Enrolment, by: User | None, email_domains: list[str] | None) -> None:
    """It exists and the person acts for it: listed, dated, with its NEQ and the domains of its colleagues."""
    if buyer.claimed_neq:
        _take_neq(buyer, by)
    given = [enrolment.domain] if email_domains is None and enrolment.domain else email_domains or []
    buyer.domains = given
    buyer.standing, buyer.is_published = Standing.VERIFIED, True
    buyer.verified_on, buyer.verified_by = timezone.localdate(), _pole_of(buyer.organisation, by)
    buyer.save(
        update_fields=[
            "domains", "standing", "is_published", "verified_on", "verified_by", "claimed_neq", "organisation",
        ]
    )  # fmt: skip


def _take_neq(buyer: Buyer, by: User | None) -> None:
    """The declared NEQ becomes the organisation's; one that another organisation has takes the profile along."""
    neq, own = buyer.claimed_neq, buyer.organisation
    buyer.claimed_neq = ""
    known = Organisation.objects.filter(neq=neq).exclude(pk=own.pk).first()
    if known is not None and Buyer.objects.filter(organisation=known).exists():
        raise WrongMove(_("Une autre institution a ce NEQ. Refusez, et dites à la personne de s’y joindre."))
    if known is not None and (buyer.is_published or own.memberships.exists()):
        return  # it was listed, or has its people: two organisations that are known are not made one here
    into = settle_claimed_neq(organisation=own, neq=neq, by=by)
    if into != own:
        buyer.organisation = into
        buyer.save(update_fields=["organisation"])
        merge_organisation(organisation=own, into=into, by=by)


def _let_in(enrolment: Enrolment, *, by: User | None, role: str, answer: str) -> Membership:
    _close(enrolment, State.ACCEPTED, by=by, answer=answer)
    return members.add(
        organisation=Buyer.objects.select_related("organisation").get(pk=enrolment.buyer_id).organisation,
        user=enrolment.user,
        role=role,
        by=by,
    )


def _back_to_rest(buyer: Buyer, otherwise: str) -> None:
    """Nobody asks any more: what was listed stays listed, what was only declared is not."""
    if buyer.standing != Standing.TO_VERIFY or Enrolment.objects.open().filter(buyer=buyer).exists():
        return
    buyer.standing = Standing.LISTED if buyer.is_published else otherwise
    buyer.claimed_neq = ""
    buyer.save(update_fields=["standing", "claimed_neq"])


def _held(buyer: Buyer) -> Buyer:
    """The institution as it stands, held until the transaction ends: two decisions wait for each other."""
    return Buyer.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=buyer.pk)


def _open(enrolment: Enrolment) -> Enrolment:
    current = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("user", "buyer__organisation")
        .get(pk=enrolment.pk)
    )
    if current.state != State.OPEN:
        raise WrongMove(_("Cette demande n’attend plus de décision."))
    return current


def _check_right(buyer: Buyer, enrolment: Enrolment, by: User | None) -> None:
    if by is None:
        return
    if not may_decide(by, buyer):
        raise NotAllowed(_("Cette institution n’est pas de votre ressort."))
    if enrolment.user_id == by.pk:
        raise NotAllowed(_("Quelqu’un d’autre décide de votre propre demande."))


def _close(enrolment: Enrolment, state: str, *, by: User | None, answer: str) -> None:
    enrolment.state, enrolment.answer = state, answer.strip()
    enrolment.decided_by, enrolment.decided_at = by, timezone.now()
    enrolment.save(update_fields=["state", "answer", "decided_by", "decided_at"])


def _pole_of(organisation: Organisation, by: User | None) -> Pole | None:
    """The pôle in whose name `by` verifies; None for the platform's admins and the system."""
    if by is None or not by.pole_codes:
        return None
    covering = PoleCoverage.objects.today().filter(mrc=organisation.mrc_id, pole__in=by.pole_codes)
    found = covering.select_related("pole").order_by("pole").first() if organisation.mrc_id else None
    return found.pole if found else Pole.objects.get(pk=min(by.pole_codes))
