"""The e-mail domains that are an institution's own: its owners ask, the pôle confirms or refuses, dated and signed.

Nothing is filled in from the address of who registers: a town that writes from its provider's domain would open itself to
every customer of that provider. Only a confirmed domain lets anybody in, and only at that very domain: one below it, or
one that looks like it, is another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.email_domains import (
    ascii_domain,
    domain_of_email,
    imitates_letters,
    is_generic_domain,
    is_shared_domain,
)
from marketplace.accounts.emails import DOMAIN_CONFIRMED, DOMAIN_REFUSED, send_domain_decided
from marketplace.accounts.members import owners_of
from marketplace.accounts.models import EmailDomain, Organisation
from marketplace.accounts.permissions import can_curate_organisation, is_owner_of
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb

if TYPE_CHECKING:
    from marketplace.accounts.models import User

State = EmailDomain.State
MOST = 10  # of one institution, whatever their state


@verb
def ask_for_domain(*, organisation: Organisation, domain: str, by: User) -> EmailDomain:
    """An owner says that a domain is the institution's own. It lets nobody in before staff have confirmed it."""
    held = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if not is_owner_of(by, held):
        raise NotAllowed(_("Seule une personne responsable de l’institution demande un domaine."))
    if not held.institution_verified_on:
        raise WrongMove(_("Cette institution n’est pas encore vérifiée."))
    written = clean_domain(domain)
    rows = EmailDomain.objects.select_for_update(of=("self",))  # staff may be deciding about it right now
    known = rows.filter(organisation=held, domain=written).first()
    if known is None:
        if held.own_domains.count() >= MOST:
            raise WrongMove(_("Vous avez déjà dix domaines ici. Retirez-en un, ou écrivez au pôle."))
        return EmailDomain.objects.create(organisation=held, domain=written, asked_by=by)
    if known.is_confirmed:
        raise WrongMove(_("Ce domaine est déjà confirmé."))
    if known.is_waiting:
        raise WrongMove(_("Ce domaine attend déjà la réponse du pôle."))
    known.state, known.reason, known.asked_by, known.asked_at = State.ASKED, "", by, timezone.now()
    known.decided_by = known.decided_at = None
    known.save()
    return known


@verb
def confirm_domain(*, email_domain: EmailDomain, by: User, seen: str = "") -> EmailDomain:
    """Staff have checked that the domain is the institution's alone; its owners are told."""
    current = _held(email_domain, by, seen)
    if current.is_confirmed:
        raise WrongMove(_("Ce domaine est déjà confirmé."))
    clean_domain(current.domain)
    _decide(current, State.CONFIRMED, by)
    send_domain_decided(DOMAIN_CONFIRMED, current, owners_of(current.organisation))
    return current


@verb
def refuse_domain(*, email_domain: EmailDomain, reason: str, by: User, seen: str = "") -> EmailDomain:
    """Refuse it, or take a confirmation back: from now on nobody joins by it, who has joined stays."""
    current = _held(email_domain, by, seen)
    if reason not in EmailDomain.Reason.values:
        raise WrongMove(_("Choisissez une raison : l’institution la lira."))
    if current.state == State.REFUSED:
        raise WrongMove(_("Ce domaine est déjà refusé."))
    _decide(current, State.REFUSED, by, reason)
    send_domain_decided(DOMAIN_REFUSED, current, owners_of(current.organisation))
    return current


@verb
def remove_domain(*, email_domain: EmailDomain, by: User) -> None:
    """An owner takes it away: nobody joins by it any more. Its history stays."""
    current = EmailDomain.objects.select_for_update(of=("self",)).filter(pk=email_domain.pk).first()
    if current is None:
        raise WrongMove(_("Ce domaine n’est plus là."))
    if not is_owner_of(by, current.organisation):
        raise NotAllowed(_("Seule une personne responsable de l’institution retire un domaine."))
    record_security_event(
        kind=Kind.DOMAIN_REMOVED, by=by, organisation=current.organisation, target=current.domain
    )
    current.delete()


@verb
def confirm_domains_of(*, organisation: Organisation, domains: Iterable[str], by: User | None) -> list[str]:
    """Domains that staff wrote themselves as they verified the institution; those that were new here."""
    new = []
    for domain in domains:
        row, _made = EmailDomain.objects.get_or_create(organisation=organisation, domain=clean_domain(domain))
        if not row.is_confirmed:
            _decide(row, State.CONFIRMED, by)
            new.append(row.domain)
    return new


# -- questions -----------------------------------------------------------------------------------------------------


def confirmed_domains(organisation: Organisation) -> frozenset[str]:
    return frozenset(
        EmailDomain.objects.confirmed().filter(organisation=organisation).values_list("domain", flat=True)
    )


def domain_that_lets_in(organisation: Organisation, user: User) -> str:
    """The confirmed domain at which the person has a confirmed address; empty where there is none."""
    addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return min({domain_of_email(email) for email in addresses} & confirmed_domains(organisation), default="")


def clean_domain(text: str) -> str:
    """« @Ville.Exemple.qc.ca » → « ville.exemple.qc.ca ». Raises `WrongMove`, with why, on what cannot be one's own."""
    said = text.strip().rpartition("@")[2].strip()
    domain = ascii_domain(said)
    if not domain:
        raise WrongMove(
            _("« %(domain)s » n’est pas un domaine, comme ville.exemple.ca.") % {"domain": said[:80]}
        )
    if imitates_letters(domain):
        raise WrongMove(
            _("« %(domain)s » contient des lettres d’un autre alphabet, qui imitent les nôtres.")
            % {"domain": said[:80]}
        )
    if is_generic_domain(domain):
        raise WrongMove(
            _("N’importe qui peut avoir une adresse à %(domain)s : ce domaine ne prouve rien.")
            % {"domain": domain}
        )
    if is_shared_domain(domain):
        raise WrongMove(
            _("Plusieurs institutions se servent de %(domain)s : ce domaine n’est à aucune d’elles.")
            % {"domain": domain}
        )
    return domain


def clean_domains(text: str) -> list[str]:
    """« ville.exemple.qc.ca, exemple.qc.ca » as a list. Raises `WrongMove` as `clean_domain` does."""
    return list(
        dict.fromkeys(clean_domain(part) for part in text.replace(",", " ").replace(";", " ").split())
    )


# -- inside --------------------------------------------------------------------------------------------------------


def _held(email_domain: EmailDomain, by: User, seen: str) -> EmailDomain:
    """The row as it stands, held, for someone who may decide about it; `seen`: its state on the page that was read."""
    rows = EmailDomain.objects.select_for_update(of=("self",)).select_related("organisation")
    current = rows.filter(pk=email_domain.pk).first()
    if current is None:
        raise WrongMove(_("Ce domaine n’est plus là."))
    if not can_curate_organisation(by, current.organisation):
        raise NotAllowed(_("Cette institution ne relève pas de votre pôle."))
    if current.asked_by_id == by.pk and current.is_waiting:
        raise NotAllowed(_("C’est à quelqu’un d’autre de décider de votre propre demande."))
    if seen and seen != current.state:
        raise WrongMove(
            _("Ce domaine a changé d’état entretemps : %(state)s. Rien n’a été fait.")
            % {"state": current.get_state_display()}
        )
    return current


def _decide(row: EmailDomain, state: str, by: User | None, reason: str = "") -> None:
    row.state, row.reason, row.decided_by, row.decided_at = state, reason, by, timezone.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise WrongMove(
            _("%(domain)s est déjà confirmé pour une autre institution : il n’est à aucune des deux.")
            % {"domain": row.domain}
        ) from error
    kind = Kind.DOMAINS_CONFIRMED if row.is_confirmed else Kind.DOMAIN_REFUSED
    record_security_event(kind=kind, by=by, organisation=row.organisation, target=row.domain)
