"""A question with its answers as a document to file, and as a table."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.dealings.inquiries.contexts import (
    exchange_context,
    recipient_rows,
)
from marketplace.dealings.inquiries.parties import asker_name, person_name
from marketplace.dealings.models import Inquiry, InquiryMessage, InquiryRecipient
from marketplace.web import languages
from marketplace.web.pdf import render_pdf
from marketplace.web.spreadsheets import write_csv
from marketplace.web.typography import format_day, format_moment


def inquiry_csv(inquiry: Inquiry) -> bytes:
    """One row for each supplier: its state, its dates, its words."""
    rows = recipient_rows(inquiry)
    words = _words_of(rows)
    lines: list[list[Any]] = [
        [
            _("Fournisseur"), _("NEQ"), _("État"), _("Raison"), _("Courriel remis le"), _("Lue le"), _("Réponse du"),
            _("Réponse attendue le"), _("Objet"), _("Réponses"),
        ]
    ]  # fmt: skip
    for row in rows:
        organisation = row.supplier.organisation
        answers = [message.body for message in words.get(row.pk, []) if message.side == "supplier"]
        lines.append([
            organisation.name, organisation.neq or "", row.badge.text, row.get_reason_display() if row.reason else "",
            _stamp(row.mail_done), _stamp(row.opened_at), _stamp(row.answered_at), str(inquiry.answer_by),
            inquiry.subject, "\n\n".join(answers),
        ])  # fmt: skip
    return write_csv(lines)


def inquiry_pdf(inquiry: Inquiry) -> bytes:
    """The question, what each supplier made of it, and every word."""
    rows = recipient_rows(inquiry)
    words = _words_of(rows)
    return _document(
        inquiry,
        [
            _exchange(row, words.get(row.pk, []), [row.badge.text, *row.facts], asker_name(inquiry))
            for row in rows
        ],
    )


def exchange_pdf(recipient: InquiryRecipient, user: User) -> bytes:
    """The question and one exchange, as either party keeps it."""
    context = exchange_context(recipient, user)
    facts = [str(recipient.get_state_display())]
    return _document(recipient.inquiry, [_exchange(recipient, context["thread"], facts, context["asker"])])


def _document(inquiry: Inquiry, exchanges: list[dict[str, Any]]) -> bytes:
    today = format_day(timezone.localdate())
    facts = {
        "title": inquiry.subject,
        "author": settings.SENDER_NAME,
        "description": _("Demande de renseignements et réponses reçues"),
        "language": "en" if languages.is_english() else "fr",
        "summary": [
            [_("Demandé par"), _asked_by(inquiry)],
            [_("Sorte"), str(inquiry.get_kind_display())],
            [_("Envoyée le"), format_moment(inquiry.asked_at)],
            [_("Réponse attendue le"), format_day(inquiry.answer_by)],
        ],
        "body": inquiry.body,
        "exchanges": exchanges,
        "said": {
            "question": _("La question"),
            "nothing": _("Aucun message."),
            "foot": _("%(site)s, document fait le %(day)s") % {"site": settings.SENDER_NAME, "day": today},
        },
    }
    return render_pdf("inquiry.typ", facts)


def _exchange(
    recipient: InquiryRecipient, messages: list[InquiryMessage], facts: list[str], asker: str
) -> dict[str, Any]:
    supplier = recipient.supplier.organisation.name
    return {
        "supplier": supplier,
        "facts": facts,
        "messages": [
            {
                "head": _head(message, supplier if message.side == "supplier" else asker),
                "body": message.body,
                "files": [file.file.name for file in message.files.all()],
            }
            for message in messages
        ],
    }


def _head(message: InquiryMessage, side: str) -> str:
    """« Menuiserie X, Claire Roy, le 3 décembre 2026, 10 h 12, par courriel »"""
    said = [side, message.author_name, format_moment(message.at)]
    if message.by_mail:
        said.append(_("par courriel"))
        if message.sender_check != InquiryMessage.SenderCheck.PASSED:
            said.append(_("expéditeur non vérifié"))
    if message.is_held and message.sender_check != InquiryMessage.SenderCheck.FAILED:
        said.append(_("arrivé d’une autre adresse"))
    return ", ".join(part for part in said if part)


def _asked_by(inquiry: Inquiry) -> str:
    if inquiry.organisation is None:
        return person_name(inquiry.asked_by)
    return f"{inquiry.organisation.name} ({person_name(inquiry.asked_by)})"


def _words_of(rows: list[InquiryRecipient]) -> dict[int, list[InquiryMessage]]:
    found: dict[int, list[InquiryMessage]] = {}
    messages = InquiryMessage.objects.filter(recipient__in=[row.pk for row in rows])
    for message in messages.prefetch_related("files__file").order_by("at", "pk"):
        found.setdefault(message.recipient_id, []).append(message)
    return found


def _stamp(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
