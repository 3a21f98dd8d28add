"""Law 25: what a person asked, wrote and reported in exchanges with suppliers or buyers.

What was written for an institution or an enterprise is its own, and stays without the name; what a person asked alone
goes with them, answers included.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.accounts.retention import remove_row
from marketplace.dealings.models import Inquiry, InquiryMessage, InquiryReport


def _export(user: User) -> dict[str, Any]:
    asked = Inquiry.objects.filter(asked_by=user).select_related("organisation").order_by("pk")
    wrote = InquiryMessage.objects.filter(author=user).select_related("recipient__inquiry")
    reported = InquiryReport.objects.filter(by=user)
    return {
        "inquiries": [
            {
                "organisation": inquiry.organisation.name if inquiry.organisation else None,
                "asked_at": inquiry.asked_at.isoformat(),
                "kind": inquiry.kind,
                "subject": inquiry.subject,
                "message": inquiry.body,
            }
            for inquiry in asked
        ],
        "messages": [
            {
                "inquiry": message.recipient.inquiry.subject,
                "at": message.at.isoformat(),
                "by_mail": message.by_mail,
                "from": message.from_address,
                "message": message.whole or message.body,
            }
            for message in wrote.order_by("pk")
        ],
        "reports": [{"at": report.at.isoformat(), "why": report.why} for report in reported.order_by("pk")],
    }


def _erase(user: User) -> None:
    for inquiry in Inquiry.objects.filter(asked_by=user, organisation=None):
        remove_row(inquiry)
    InquiryMessage.objects.filter(author=user).update(author=None, author_name="", from_address="")


def _their_own(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """The words of an exchange are its parties': staff answer a request for them through a platform admin."""
    return rows.none()


register_personal_data("inquiries", export=_export, erase=_erase)

for _columns in (
    PeopleColumns(
        "inquiries", Inquiry, ("subject", "body"), gettext_lazy("demande de renseignements"), scope=_their_own
    ),
    PeopleColumns(
        "inquiry_messages",
        InquiryMessage,
        ("author_name", "from_address", "body", "whole", "refused_files"),
        gettext_lazy("message d’un échange"),
        scope=_their_own,
    ),
    PeopleColumns(
        "inquiry_reports",
        InquiryReport,
        ("why", "note"),
        gettext_lazy("message signalé"),
        organisation="recipient__supplier__organisation",
    ),
):
    register_people_columns(_columns)
