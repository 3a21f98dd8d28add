"""Who the two parties of an exchange are: their names, who is written to, and which addresses are known to be theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from buyers.models import Buyer
from marketplace.accounts.emails import readers_by_organisation
from marketplace.accounts.models import Organisation, User
from marketplace.dealings.models import Inquiry, InquiryMessage, InquiryRecipient
from marketplace.outbox.models import Message
from suppliers.models import Contact, Supplier

#: Contacts of a supplier without an account that one question is sent to.
MOST_CONTACTS = 3


@dataclass
class Readers:
    """Members with an account; where there is none, addresses of the supplier's sheet."""

    people: list[User] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.people or self.addresses)


def asking_organisations(user: User) -> list[Organisation]:
    """The institutions that a person may ask for."""
    if not user.organisation_ids:
        return []
    buyers = Buyer.objects.known().filter(organisation__in=user.organisation_ids)
    return [
        buyer.organisation for buyer in buyers.select_related("organisation").order_by("organisation__name")
    ]


def asker_name(inquiry: Inquiry) -> str:
    """Who asks, as the other side reads it: the institution, or the person who asks alone."""
    if inquiry.organisation:
        return inquiry.organisation.name
    return person_name(inquiry.asked_by)


def person_name(user: User | None) -> str:
    """Never an address: those stay private until someone answers."""
    return (user.get_full_name() if user else "") or _("Une personne")


def readers_of_suppliers(suppliers: Iterable[Supplier]) -> dict[int, Readers]:
    """Who gets a question, by supplier; two queries for all."""
    suppliers = list(suppliers)
    members = readers_by_organisation(supplier.organisation_id for supplier in suppliers)
    contacts: dict[int, list[str]] = defaultdict(list)
    rows = Contact.objects.filter(supplier__in=[supplier.pk for supplier in suppliers]).exclude(email="")
    for contact in rows.order_by("-is_public", "pk"):
        contacts[contact.supplier_id].append(contact.email.lower())
    found = {}
    for supplier in suppliers:
        people = members.get(supplier.organisation_id, [])
        known = contacts[supplier.pk] or [supplier.organisation.email.lower()]
        addresses = [] if people else [address for address in dict.fromkeys(known) if address]
        found[supplier.pk] = Readers(people, addresses[:MOST_CONTACTS])
    return found


def readers_of_asker(recipient: InquiryRecipient) -> Readers:
    """Who asked and who wrote in this exchange, while they may; where none is left, everyone of the institution."""
    inquiry = recipient.inquiry
    if inquiry.organisation_id is None:
        return Readers([inquiry.asked_by] if inquiry.asked_by and inquiry.asked_by.is_active else [])
    members = readers_by_organisation([inquiry.organisation_id]).get(inquiry.organisation_id, [])
    wrote = recipient.messages.filter(side=InquiryMessage.Side.BUYER).values_list("author", flat=True)
    concerned = {inquiry.asked_by_id, *wrote}
    return Readers([member for member in members if member.pk in concerned] or members)


def side_of(user: User, recipient: InquiryRecipient) -> InquiryMessage.Side | None:
    """On which side of an exchange a person stands; who stands on both acts for who asked."""
    inquiry = recipient.inquiry
    if inquiry.organisation_id in user.organisation_ids or (
        inquiry.organisation_id is None and inquiry.asked_by_id == user.pk
    ):
        return InquiryMessage.Side.BUYER
    if recipient.supplier.organisation_id in user.organisation_ids:
        return InquiryMessage.Side.SUPPLIER
    return None


def person_at(address: str, recipient: InquiryRecipient, side: InquiryMessage.Side) -> User | None:
    """The member of a side who has this address."""
    inquiry = recipient.inquiry
    confirmed = EmailAddress.objects.filter(email__iexact=address, verified=True).values("user")
    people = User.objects.filter(is_active=True, pk__in=confirmed) | User.objects.filter(
        is_active=True, email__iexact=address
    )
    if side == InquiryMessage.Side.SUPPLIER:
        people = people.filter(memberships__organisation=recipient.supplier.organisation_id)
    elif inquiry.organisation_id:
        people = people.filter(memberships__organisation=inquiry.organisation_id)
    else:
        people = people.filter(pk=inquiry.asked_by_id)
    return people.distinct().first()


def is_address_of(address: str, recipient: InquiryRecipient, side: InquiryMessage.Side) -> bool:
    """Whether a mail from there is known to come from a side: a member's address, or one that we wrote to."""
    if person_at(address, recipient, side) is not None:
        return True
    if side == InquiryMessage.Side.BUYER:
        return False
    written_to = Message.objects.filter(
        subject=f"inquiry:{recipient.pk}", address=address.lower(), recipient=None
    )
    return written_to.exists() or recipient.supplier.contacts.filter(email__iexact=address).exists()
