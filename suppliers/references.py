"""References that a customer confirms: the enterprise asks by mail, the customer answers by the link, signed in nowhere.

What the customer's name and address serve for is over once they have answered: both are blanked, history included. The
receipt that they get carries a second link, by which they take their word back at any time.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.email_domains import (
    domain_of_email,
    domain_of_site,
    is_generic_domain,
    is_shared_domain,
)
from marketplace.accounts.members import members_of
from marketplace.accounts.permissions import check_permission
from marketplace.accounts.retention import BATCH, blank_rows, months_ago, remove_row
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, Refused, WrongMove
from marketplace.web.typography import format_day_short
from marketplace.web.verbs import verb
from suppliers.directory_index import reindex_suppliers
from suppliers.editing import hold_for_member, keep_edit
from suppliers.emails import REFERENCE_ASKED, send_reference_asked, send_reference_confirmed
from suppliers.models import CustomerReference, Status, Supplier
from suppliers.permissions import can_curate_supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User

State = CustomerReference.State
VALID_FOR = timedelta(days=30)
DAY = timedelta(days=1)
#: Requests of one enterprise within 24 hours, and in all; mails of this kind to one address within 30 days.
MOST_PER_DAY, MOST_IN_ALL, MOST_TO_ONE = 5, 30, 2
CONSENT = gettext_lazy(
    "Je confirme que ce travail a été fait pour %(customer)s. La fiche publique « %(supplier)s » pourra nommer "
    "%(customer)s, le travail et l’année; ni mon nom ni mon adresse n’y paraîtront. Je peux retirer ma confirmation à "
    "tout moment."
)


class ReferenceUnusable(Refused):
    """The link no longer opens anything; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the enterprise writes of one piece of work, and whom it asks."""

    customer: str
    what: str
    year: int
    person: str
    email: str
    language: str = CustomerReference.Language.FRENCH


# -- the enterprise ------------------------------------------------------------------------------------------------


@verb
def ask_reference(*, supplier: Supplier, by: User, asked: Asked) -> CustomerReference:
    """Write to a customer, who confirms or refuses within 30 days. Raises `Refused` where that may not be."""
    held = hold_for_member(supplier, by)
    if held.status != Status.PUBLISHED:
        raise WrongMove(_("Les demandes partent quand la fiche est publiée."))
    email = asked.email.strip().lower()
    _check_address(held, email)
    _check_limits(held, email)
    token = secrets.token_urlsafe(32)
    reference = CustomerReference.objects.create(
        supplier=held,
        customer=asked.customer,
        what=asked.what,
        year=asked.year,
        person=asked.person,
        email=email,
        language=asked.language,
        email_hash=email_digest(email),
        token_hash=token_digest(token),
        expires_at=timezone.now() + VALID_FOR,
        asked_by=by,
    )
    send_reference_asked(reference=reference, token=token)
    return reference


def _check_address(held: Supplier, email: str) -> None:
    """A customer is somebody else: nobody of the enterprise, and nobody at its own domain."""
    try:
        validate_email(email)
    except ValidationError as fault:
        raise WrongMove(_("Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca.")) from fault
    organisation, domain = held.organisation, domain_of_email(email)
    own = {
        domain_of_site(organisation.website),
        domain_of_email(organisation.email),
        *organisation.email_domains,
    }
    own |= {domain_of_email(contact.email) for contact in held.contacts.exclude(email="")}
    is_member = members_of(organisation).filter(email__iexact=email).exists()
    is_own_domain = domain in own and not (is_generic_domain(domain) or is_shared_domain(domain))
    if is_member or email == organisation.email.lower() or is_own_domain:
        raise WrongMove(_("Cette adresse est la vôtre. Écrivez celle du client."))


def _check_limits(held: Supplier, email: str) -> None:
    """Counted in the mails, which stay whatever becomes of the request."""
    sent = Message.objects.filter(kind=REFERENCE_ASKED.kind)
    today = sent.filter(subject=f"supplier:{held.pk}:reference", created_at__gt=timezone.now() - DAY)
    if today.count() >= MOST_PER_DAY:
        raise WrongMove(_("La limite de %(n)s demandes en 24 heures est atteinte. Réessayez demain.") % {"n": MOST_PER_DAY})  # fmt: skip
    rows = CustomerReference.objects.filter(supplier=held)
    if rows.filter(state__in=(State.ASKED, State.CONFIRMED)).count() >= MOST_IN_ALL:
        raise WrongMove(_("Une fiche compte au plus %(n)s références. Retirez-en une d’abord.") % {"n": MOST_IN_ALL})  # fmt: skip
    known = rows.filter(email_hash=email_digest(email))
    if known.filter(state__in=(State.REFUSED, State.WITHDRAWN, State.REMOVED)).exists():
        raise WrongMove(_("Cette personne a déjà répondu non, ou sa référence a été retirée. Demandez à un autre client."))  # fmt: skip
    if known.unanswered().filter(expires_at__gt=timezone.now()).exists():
        raise WrongMove(_("Une demande attend déjà la réponse de cette personne."))
    name, _at, domain = plain_address(email).partition("@")
    theirs = Q(address=f"{name}@{domain}") | Q(address__startswith=f"{name}+", address__endswith=f"@{domain}")
    if sent.filter(theirs, created_at__gt=timezone.now() - 30 * DAY).count() >= MOST_TO_ONE:
        raise WrongMove(_("Cette personne a reçu d’autres demandes ce mois-ci. Réessayez plus tard."))


@verb
def withdraw_reference_of(*, supplier: Supplier, by: User, reference: CustomerReference) -> None:
    """The enterprise takes a reference, or a request, off its page. A « no » stays until it is forgotten."""
    held = hold_for_member(supplier, by)
    row = CustomerReference.objects.select_for_update(of=("self",)).get(pk=reference.pk)
    if row.supplier_id != held.pk:
        raise NotAllowed
    if row.state not in (State.ASKED, State.CONFIRMED):
        return
    was_shown = row.state == State.CONFIRMED
    remove_row(row)
    if was_shown:
        keep_edit(held, supplier, by, set(), _("Références"))


# -- the customer, by the link -------------------------------------------------------------------------------------


def find_reference(token: str) -> CustomerReference:
    """What a link opens: a request to answer, or a confirmation to take back. Raises `ReferenceUnusable`."""
    reference = (
        CustomerReference.objects.select_related("supplier__organisation")
        .filter(token_hash=token_digest(token))
        .first()
    )
    if reference is None:
        raise ReferenceUnusable(_("Ce lien n’existe pas, ou il a déjà servi."))
    if reference.state == State.ASKED and not reference.is_open:
        raise ReferenceUnusable(_("Cette demande a expiré. L’entreprise peut vous en envoyer une nouvelle."))
    return reference


def consent_wording(reference: CustomerReference) -> str:
    """What the customer agrees to, in the language of the page."""
    named = {"customer": reference.customer, "supplier": reference.supplier.organisation.name}
    return str(CONSENT) % named


@verb
def confirm_reference(*, token: str, by: None, consent: str) -> CustomerReference:
    """The customer says that the work was done; the public reads it from then on, with the day."""
    row = _hold_open(token)
    domain = domain_of_email(row.email)
    row.state, row.answered_at, row.consent = State.CONFIRMED, timezone.now(), consent
    row.from_domain = "" if is_generic_domain(domain) else domain
    second = secrets.token_urlsafe(32)
    row.token_hash = token_digest(second)
    send_reference_confirmed(reference=row, token=second)
    _forget_person(row)
    reindex_suppliers(supplier_ids=[row.supplier_id])  # the page that is kept for everyone says otherwise
    return row


@verb
def refuse_reference(*, token: str, by: None) -> CustomerReference:
    """Nothing is shown, and this enterprise may not ask the address again."""
    row = _hold_open(token)
    row.state, row.answered_at, row.token_hash = State.REFUSED, timezone.now(), None
    _forget_person(row)
    return row


@verb
def withdraw_confirmation(*, token: str, by: None) -> CustomerReference:
    """The customer takes their word back: the page no longer says it."""
    row = CustomerReference.objects.select_for_update(of=("self",)).get(pk=find_reference(token).pk)
    if row.state != State.CONFIRMED:
        raise ReferenceUnusable(_("Il n’y a rien à retirer."))
    row.state, row.answered_at, row.token_hash = State.WITHDRAWN, timezone.now(), None
    row.save()
    reindex_suppliers(supplier_ids=[row.supplier_id])
    return row


def _hold_open(token: str) -> CustomerReference:
    """Two presses on two buttons: the second finds the link used."""
    row = (
        CustomerReference.objects.select_for_update(of=("self",))
        .select_related("supplier__organisation")
        .get(pk=find_reference(token).pk)
    )
    if not row.is_open or row.token_hash != token_digest(token):
        raise ReferenceUnusable(_("Ce lien n’existe pas, ou il a déjà servi."))
    return row


def _forget_person(row: CustomerReference) -> None:
    row.person = row.email = ""
    row.save()
    blank_rows(CustomerReference, pks=[row.pk], values={"person": "", "email": ""})


# -- the staff -----------------------------------------------------------------------------------------------------


@verb
def remove_reference(*, reference: CustomerReference, by: User | None) -> None:
    """Staff take a reference off the page, or stop a request that still waits."""
    row = CustomerReference.objects.select_for_update(of=("self",)).get(pk=reference.pk)
    check_permission(
        can_curate_supplier, by, row.supplier, sentence=_("Cette fiche n’est pas dans votre territoire.")
    )
    if row.state not in (State.ASKED, State.CONFIRMED):
        return
    row.state, row.removed_by, row.token_hash = State.REMOVED, by, None
    row.answered_at = row.answered_at or timezone.now()
    _forget_person(row)
    reindex_suppliers(supplier_ids=[row.supplier_id])


# -- every night ---------------------------------------------------------------------------------------------------


@verb
def forget_references(*, by: None) -> int:
    """Of requests that lapsed the person goes at once and the row later; so do answers that show nothing. How many."""
    lapsed = CustomerReference.objects.unanswered().filter(expires_at__lt=timezone.now())
    named = list(lapsed.exclude(person="", email="").values_list("pk", flat=True)[:BATCH])
    blank_rows(CustomerReference, pks=named, values={"person": "", "email": ""})
    unsaid = Q(state=State.ASKED, expires_at__lt=months_ago(settings.KEEP_INVITATIONS_MONTHS))
    closed = Q(
        state__in=(State.REFUSED, State.WITHDRAWN, State.REMOVED),
        answered_at__lt=months_ago(settings.KEEP_DECIDED_MONTHS),
    )
    gone = list(CustomerReference.objects.filter(unsaid | closed)[:BATCH])
    for row in gone:
        remove_row(row)
    return len(named) + len(gone)


# -- what pages read -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """One confirmed reference: who, what, when, and since when the customer says so."""

    customer: str
    what: str
    year: int
    confirmed: str


def references_as_json() -> ArraySubquery:
    """What `reference_lines` reads, for the query that finds the supplier."""
    rows = CustomerReference.objects.confirmed().filter(supplier=OuterRef("pk")).order_by("-year", "-pk")
    return ArraySubquery(rows.values(row=JSONObject(**{name: name for name in _READ})))


_READ = ("customer", "what", "year", "answered_at", "from_domain")


def reference_lines(rows: Iterable[dict[str, Any]]) -> list[ReferenceLine]:
    return [
        ReferenceLine(row["customer"], row["what"], row["year"], _confirmed_sentence(row)) for row in rows
    ]


def _confirmed_sentence(row: dict[str, Any]) -> str:
    """« Confirmée par le client le 3 nov. 2026, d’une adresse @longueuil.quebec »."""
    at: datetime | None = parse_datetime(row["answered_at"])
    said = {"day": format_day_short(at), "domain": row["from_domain"]}
    if row["from_domain"]:
        return _("Confirmée par le client le %(day)s, d’une adresse @%(domain)s") % said
    return _("Confirmée par le client le %(day)s") % said


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def plain_address(email: str) -> str:
    """The mailbox that « luce+parcs@ville.quebec » comes to: one person has as many such addresses as one likes."""
    name, _at, domain = email.strip().lower().rpartition("@")
    return f"{name.partition('+')[0] or name}@{domain}"


def email_digest(email: str) -> str:
    """Tells one mailbox again, without keeping its address."""
    return salted_hmac("suppliers.references", plain_address(email), algorithm="sha256").hexdigest()
