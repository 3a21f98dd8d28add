"""A buyer's question to suppliers, and the mails that people would send back."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from uuid import uuid4

from django.utils import timezone

from marketplace.dealings.inquiries.asking import Question, ask_suppliers
from marketplace.dealings.inquiries.reply_addresses import reply_address
from marketplace.dealings.models import Inquiry, InquiryMessage, InquiryRecipient
from tests.factories import BuyerFactory, MembershipFactory, SupplierFactory

DOMAIN = "reponses.exemple.test"
SUBJECT = "Traiteur pour 120 personnes"
BODY = "Êtes-vous disponible le 12 février? Combien par personne?"


def shopper(name: str = "Ville de Zacharie"):
    """A member of an institution that buys."""
    return MembershipFactory(
        organisation=BuyerFactory(name=name).organisation, user__first_name="Ariane", user__last_name="Huot"
    ).user


def seller(name: str, *, email: str = "", contact: str = "", **fields):
    """A published supplier with a member, or with a contact who has no account."""
    supplier = SupplierFactory(name=name, **fields)
    if email:
        MembershipFactory(organisation=supplier.organisation, user__email=email)
    if contact:
        supplier.contacts.create(name="Gilles Roy", email=contact, is_public=True)
    return supplier


def ask(*suppliers, by, days: int = 10, key=None) -> Inquiry:
    question = Question(
        kind=Inquiry.Kind.AVAILABILITY,
        subject=SUBJECT,
        body=BODY,
        answer_by=timezone.localdate() + timedelta(days=days),
    )
    return ask_suppliers(key=key or uuid4(), question=question, suppliers=suppliers, organisation=None, by=by)


def exchange(inquiry: Inquiry, supplier) -> InquiryRecipient:
    return inquiry.recipients.select_related(
        "inquiry__organisation", "inquiry__asked_by", "supplier__organisation"
    ).get(supplier=supplier)


def answer_to(recipient: InquiryRecipient, side: str = "supplier") -> str:
    return reply_address(recipient_id=recipient.pk, side=InquiryMessage.Side(side))


def reply(to: str, sender: str, text: str, *, html: str = "", **headers: str) -> EmailMessage:
    """A person's answer as a mail program writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Gilles Roy <{sender}>", to, f"RE: {SUBJECT}"
    mail["Message-ID"] = f"<{uuid4().hex}@exemple.test>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    if text:
        mail.set_content(text)
    if html and text:
        mail.add_alternative(html, subtype="html")
    elif html:
        mail.set_content(html, subtype="html")
    return mail
