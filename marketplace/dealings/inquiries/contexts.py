"""What the pages of questions show, ready for their templates. Every row comes from `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import User
from marketplace.dealings.inquiries.answering import last_number
from marketplace.dealings.inquiries.asking import MOST_SUPPLIERS, MOST_SUPPLIERS_ALONE
from marketplace.dealings.inquiries.parties import asker_name, person_name, side_of
from marketplace.dealings.models import Inquiry, InquiryFile, InquiryMessage, InquiryRecipient
from marketplace.outbox.models import Attempted, Message
from marketplace.web.typography import format_day_short, format_moment
from suppliers.models import Status, Supplier

Side = InquiryMessage.Side
State = InquiryRecipient.State
PAGE = 20


@dataclass(frozen=True)
class Badge:
    kind: str
    text: str


@dataclass(frozen=True)
class Chosen:
    """What an address asks to write to: who can be, and how many cannot, named where they may be."""

    suppliers: list[Supplier]
    gone: list[str]
    too_many: int


def chosen_suppliers(slugs: Sequence[str], user: User, most: int) -> Chosen:
    """In the order given, `most` at most. A sheet that was never public is not named. The directory names a supplier by
    the address of its page, « /fournisseurs/<slug>/ »."""
    asked = list(dict.fromkeys(slug.strip("/").rpartition("/")[2] for slug in slugs))[:200]
    asked = [slug for slug in asked if slug]
    found = {
        supplier.slug: supplier
        for supplier in Supplier.objects.filter(slug__in=asked).select_related("organisation")
    }
    ready = [
        found[slug]
        for slug in asked
        if slug in found
        and found[slug].status == Status.PUBLISHED
        and found[slug].organisation_id not in user.organisation_ids
    ]
    gone = [
        found[slug].organisation.name
        if slug in found and found[slug].status in (Status.SUSPENDED, Status.ARCHIVED)
        else ""
        for slug in asked
        if slug not in found or found[slug].status != Status.PUBLISHED
    ]
    return Chosen(ready[:most], gone, max(0, len(ready) - most))


def chosen_messages(chosen: Chosen, most: int) -> list[str]:
    """What to say of those that the page leaves out."""
    said = [
        _("« %(name)s » n’est plus au répertoire : la demande ne lui sera pas envoyée.") % {"name": name}
        for name in chosen.gone
        if name
    ]
    if unnamed := sum(not name for name in chosen.gone):
        said.append(
            ngettext(
                "Une des fiches choisies n’est pas au répertoire : la demande ne lui sera pas envoyée.",
                "%(n)s des fiches choisies ne sont pas au répertoire : la demande ne leur sera pas envoyée.",
                unnamed,
            )
            % {"n": unnamed}
        )
    if chosen.too_many:
        said.append(
            _("Une demande va à %(n)s fournisseurs au plus : les premiers de la liste sont gardés.")
            % {"n": most}
        )
    return said


def most_for(organisations: Sequence[Any]) -> int:
    return MOST_SUPPLIERS if organisations else MOST_SUPPLIERS_ALONE


# -- lists -------------------------------------------------------------------------------------------------------------


def inquiry_rows(user: User) -> Any:
    """Mine and my colleagues', the newest first, with what came of them."""
    rows = Inquiry.objects.visible_to(user).select_related("organisation", "asked_by")
    return rows.annotate(
        sent=Count("recipients", filter=~Q(recipients__state=State.UNSENT)),
        answered=Count("recipients", filter=Q(recipients__state=State.ANSWERED)),
        declined=Count("recipients", filter=Q(recipients__state=State.DECLINED)),
    ).order_by("-asked_at", "-pk")


def received_rows(user: User) -> Any:
    """What my enterprises got: what waits first, the nearest day first."""
    rows = InquiryRecipient.objects.received_by(user).select_related(
        "inquiry__organisation", "inquiry__asked_by", "supplier__organisation"
    )
    waits = Q(state=State.SENT, inquiry__closed_at=None, blocked_at=None)
    return rows.annotate(
        is_waiting=Exists(InquiryRecipient.objects.filter(waits, pk=OuterRef("pk")))
    ).order_by("-is_waiting", "-inquiry__asked_at", "-pk")


def inquiry_badge(inquiry: Any) -> Badge:
    if not inquiry.is_open:
        return Badge("plain", _("fermée"))
    if inquiry.answered + inquiry.declined >= inquiry.sent:
        return Badge("ok", _("tous ont répondu"))
    if inquiry.is_late():
        return Badge("wait", _("échéance passée"))
    return Badge("info", _("en cours"))


def received_badge(recipient: InquiryRecipient) -> Badge:
    """Of one exchange, as its supplier reads it."""
    if recipient.state == State.ANSWERED:
        return Badge("ok", _("répondu"))
    if recipient.state == State.DECLINED:
        return Badge("plain", _("refusé"))
    if not recipient.is_open:
        return Badge("plain", _("fermée"))
    if recipient.inquiry.is_late():
        return Badge("wait", _("échéance passée"))
    return Badge("wait", _("à répondre"))


# -- one inquiry -------------------------------------------------------------------------------------------------------


def recipient_rows(inquiry: Inquiry) -> list[InquiryRecipient]:
    """Each supplier with whether the mail left (`mail_done`, `mail_failed`) and how many words came (`held`)."""
    mails = Message.objects.filter(
        kind="inquiry.question",
        subject=Concat(Value("inquiry:"), Cast(OuterRef("pk"), CharField()), output_field=CharField()),
    )
    held = InquiryMessage.objects.filter(recipient=OuterRef("pk"), is_held=True)
    rows = (
        InquiryRecipient.objects.filter(inquiry=inquiry)
        .select_related("supplier__organisation")
        .annotate(
            mail_done=Subquery(
                mails.filter(status=Attempted.Status.DONE).order_by("done_at").values("done_at")[:1]
            ),
            mail_failed=Exists(
                mails.filter(status__in=[Attempted.Status.FAILED, Attempted.Status.CANCELLED])
            ),
            mail_waits=Exists(mails.filter(status__in=[Attempted.Status.QUEUED, Attempted.Status.SENDING])),
            held=Exists(held),
        )
        .order_by("pk")
    )
    found = list(rows)
    for row in found:
        row.inquiry = inquiry
        row.badge = recipient_badge(row)
        row.facts = recipient_facts(row)
    return found


def recipient_badge(row: Any) -> Badge:
    """Of one supplier, as who asked reads it."""
    if row.state == State.ANSWERED:
        return Badge("ok", _("réponse reçue"))
    if row.state == State.DECLINED:
        return Badge("no", _("refus"))
    if row.state == State.UNSENT:
        return Badge("no", _("non envoyée"))
    if row.mail_failed and not row.mail_done and not row.mail_waits:
        return Badge("no", _("courriel non remis"))
    if row.opened_at:
        return Badge("info", _("lue"))
    return Badge("wait", _("sans réponse"))


def recipient_facts(row: Any) -> list[str]:
    """What happened, in order."""
    said = []
    if row.state == State.UNSENT:
        return [capfirst(row.get_reason_display())]
    if row.mail_done:
        said.append(_("Courriel remis le %(moment)s") % {"moment": format_moment(row.mail_done)})
    elif row.mail_failed and not row.mail_waits:
        said.append(_("Le courriel n’a pas pu être remis. Le pôle peut vous mettre en contact."))
    elif row.mail_waits:
        said.append(_("Courriel en cours d’envoi"))
    if row.opened_at:
        said.append(_("Lue sur le site le %(moment)s") % {"moment": format_moment(row.opened_at)})
    if row.reminded_at and row.state == State.SENT:
        said.append(_("Relancée le %(day)s") % {"day": format_day_short(row.reminded_at)})
    if row.state == State.ANSWERED and row.answered_at:
        said.append(_("Réponse le %(moment)s") % {"moment": format_moment(row.answered_at)})
    if row.state == State.DECLINED and row.answered_at:
        said.append(
            _("Refus le %(day)s : %(reason)s")
            % {"day": format_day_short(row.answered_at), "reason": row.get_reason_display()}
        )
    if row.held:
        said.append(_("Un message est arrivé d’une autre adresse"))
    if row.blocked_at:
        said.append(_("Échange fermé par le pôle"))
    if row.supplier.status != Status.PUBLISHED:
        said.append(_("Fiche retirée du répertoire depuis"))
    return said


def inquiry_context(inquiry: Inquiry) -> dict[str, Any]:
    rows = recipient_rows(inquiry)
    silent = [row for row in rows if row.state == State.SENT]
    answered = sum(row.state == State.ANSWERED for row in rows)
    sent = sum(row.state != State.UNSENT for row in rows)
    now = timezone.now()
    return {
        "inquiry": inquiry,
        "asker": asker_name(inquiry),
        "person": person_name(inquiry.asked_by),
        "rows": rows,
        "silent": len(silent),
        "summary": ngettext(
            "%(answered)s réponse sur %(sent)s", "%(answered)s réponses sur %(sent)s", answered
        )
        % {"answered": answered, "sent": sent},
        "may_remind": inquiry.is_open
        and any((row.reminded_at is None or (now - row.reminded_at).days >= 1) for row in silent)
        and (now - inquiry.asked_at).days >= 1,
        "crumbs": [(_("Mes demandes"), reverse("dealings:inquiries")), (inquiry.subject, "")],
    }


# -- one exchange ------------------------------------------------------------------------------------------------------


def find_exchange(pk: int, user: User) -> InquiryRecipient | None:
    return (
        InquiryRecipient.objects.visible_to(user)
        .select_related("inquiry__organisation", "inquiry__asked_by", "supplier__organisation")
        .filter(pk=pk)
        .first()
    )


def exchange_messages(recipient: InquiryRecipient) -> list[InquiryMessage]:
    rows = recipient.messages.select_related("author").prefetch_related(
        Prefetch("files", queryset=InquiryFile.objects.select_related("file"))
    )
    return list(rows.order_by("at", "pk"))


def exchange_context(recipient: InquiryRecipient, user: User) -> dict[str, Any]:
    """The thread, and what this side may do. Addresses show once the supplier has answered."""
    inquiry, side = recipient.inquiry, side_of(user, recipient)
    messages = exchange_messages(recipient)
    supplier = recipient.supplier.organisation.name
    other = supplier if side == Side.BUYER else asker_name(inquiry)
    reported = (
        set(recipient.reports.filter(side=side).values_list("message_id", flat=True)) if side else set()
    )
    for message in messages:
        message.is_mine = message.side == side
        message.from_whom = supplier if message.side == Side.SUPPLIER else asker_name(inquiry)
        message.is_reported = message.pk in reported
        message.may_accept = message.is_held and not message.is_mine and recipient.is_open
    list_url = (
        reverse("dealings:inquiry", args=[inquiry.pk]) if side == Side.BUYER else reverse("dealings:received")
    )
    return {
        "recipient": recipient,
        "inquiry": inquiry,
        "side": side,
        "is_buyer": side == Side.BUYER,
        "asker": asker_name(inquiry),
        "person": person_name(inquiry.asked_by),
        "supplier": supplier,
        "other": other,
        "thread": messages,
        "seen": last_number(messages),
        "is_open": recipient.is_open,
        "may_decline": side == Side.SUPPLIER and recipient.is_open and recipient.state != State.DECLINED,
        "question_reported": None in reported,
        "badge": received_badge(recipient) if side == Side.SUPPLIER else None,
        "contact": contact_of_other(recipient, side, messages),
        "is_gone": recipient.supplier.status != Status.PUBLISHED,
        "crumbs": [
            (inquiry.subject, list_url) if side == Side.BUYER else (_("Questions reçues"), list_url),
            (supplier if side == Side.BUYER else inquiry.subject, ""),
        ],
    }


def contact_of_other(
    recipient: InquiryRecipient, side: InquiryMessage.Side | None, messages: Sequence[InquiryMessage]
) -> tuple[str, str] | None:
    """Name and address of who wrote last on the other side, once the supplier has answered: until then, nobody's."""
    if recipient.state != State.ANSWERED:
        return None
    wrote = [message for message in messages if message.side != side and not message.is_held]
    last = wrote[-1] if wrote else None
    if last is not None:
        address = last.from_address or (last.author.email if last.author else "")
        return (last.author_name, address) if address else None
    person = recipient.inquiry.asked_by
    if side == Side.SUPPLIER and person is not None and person.is_active:
        return person_name(person), person.email
    return None
