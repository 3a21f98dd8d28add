"""Writing, submitting, replacing and withdrawing a quote, to the second by the clock of the database."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Need
from buyers.needs.lifecycle import LONGEST_READING
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.dealings.models import NeedInvitation, Quote
from marketplace.dealings.need_exchanges import emails
from marketplace.dealings.need_exchanges.permissions import can_quote_for
from marketplace.dealings.need_exchanges.sealing import (
    QuoteTerms,
    read_own_draft,
    read_own_quote,
    seal_draft,
    seal_terms,
    seal_upload,
)
from marketplace.web.errors import WrongMove
from marketplace.web.private_files import Checked, delete_private_file, store_private_file
from marketplace.web.typography import format_second
from marketplace.web.verbs import verb
from suppliers.models import Supplier


class TooLate(WrongMove):
    """The closing has passed: the draft is kept."""


@verb
def save_quote_draft(
    *,
    need: Need,
    supplier: Supplier,
    terms: QuoteTerms,
    upload: Checked | None = None,
    drop_file: bool = False,
    by: User | None,
) -> Quote:
    """Keep what is written, encrypted, for the enterprise alone; also after the closing, so that nothing typed is lost.

    Without a new `upload` the draft's file stays, else that of what was submitted.
    """
    check_permission(
        can_quote_for,
        by,
        supplier,
        sentence=_("Seuls les membres de cette entreprise déposent une proposition en son nom."),
    )
    quote = _held_quote(need, supplier, by)
    former = quote.draft_file
    before = _own_terms(quote, by)
    named = (before.file_name, before.file_type) if before else ("", "")
    if upload is not None:
        quote.draft_file = store_private_file(
            upload=seal_upload(quote, upload), by=by, holder=supplier.organisation
        )
        named = upload.name, upload.kind.content_type
    elif drop_file:
        quote.draft_file, named = None, ("", "")
    elif not quote.draft:
        quote.draft_file = quote.file
    kept = QuoteTerms(
        amount=terms.amount,
        taxes=terms.taxes,
        valid_until=terms.valid_until,
        conditions=terms.conditions,
        file_name=named[0],
        file_type=named[1],
    )
    quote.draft = seal_draft(quote, kept)
    quote.saved_at, quote.by = timezone.now(), by
    quote.save(update_fields=["draft", "draft_file", "saved_at", "by"])
    if former is not None and former.pk not in (quote.draft_file_id, quote.file_id):
        delete_private_file(file=former, by=by)
    return quote


@verb
def submit_quote(*, quote: Quote, arrived_at: datetime | None = None, by: User) -> Quote:
    """Submit the draft, or replace what was submitted, before the closing. `arrived_at` is when the whole request was here
    by the database's clock (`sealing.database_now`); without it, now. Raises `TooLate`, and the draft stays."""
    check_permission(can_quote_for, by, quote.supplier)
    closing, status, now = _closing_shared(quote.need_id)
    arrived = min(max(arrived_at or now, now - LONGEST_READING), now)
    current = (
        Quote.objects.select_for_update(of=("self",)).select_related("supplier", "need").get(pk=quote.pk)
    )
    if status != Need.Status.PUBLISHED or closing is None:
        raise WrongMove(_("Ce besoin ne reçoit plus de propositions. Votre brouillon est gardé."))
    if arrived >= closing:
        raise TooLate(
            _("La clôture était le %(closing)s. Votre proposition est arrivée le %(arrived)s : elle n’est pas déposée, et votre brouillon est gardé.")
            % {"closing": format_second(closing), "arrived": format_second(arrived)}
        )  # fmt: skip
    if current.need.is_by_invitation and not _is_invited(current):
        raise WrongMove(_("Ce besoin est sur invitation : seules les entreprises invitées y répondent."))
    terms = read_own_draft(quote=current, by=by)
    if terms is None:  # a second click: it was submitted by the first
        if current.is_submitted:
            return current
        raise WrongMove(_("Il n’y a encore rien à déposer."))
    if terms.amount is None:
        raise WrongMove(_("Inscrivez un montant avant de déposer votre proposition."))
    former = current.file
    current.content, current.file = seal_terms(current, terms, until=closing), current.draft_file
    current.draft, current.draft_file = "", None
    current.is_sealed, current.sealed_until = current.need.is_sealed, closing
    current.submitted_at, current.withdrawn_at = arrived, None
    current.times += 1
    current.by = by
    current.save()
    NeedInvitation.objects.filter(need=current.need_id, supplier=current.supplier_id).update(
        declined_at=None, decline_reason="", decline_note=""
    )
    if former is not None and former.pk != current.file_id:
        delete_private_file(file=former, by=by)
    emails.send_quote_received(current)
    return current


@verb
def withdraw_quote(*, quote: Quote, by: User) -> Quote:
    """Take back what was submitted, before the closing; it becomes a draft again."""
    check_permission(can_quote_for, by, quote.supplier)
    closing, status, now = _closing_shared(quote.need_id)
    current = (
        Quote.objects.select_for_update(of=("self",)).select_related("supplier", "need").get(pk=quote.pk)
    )
    if not current.is_submitted:
        return current
    if status != Need.Status.PUBLISHED or closing is None or now >= closing:
        raise WrongMove(_("La clôture est passée : votre proposition reste déposée."))
    if not current.draft and (terms := _own_terms(current, by)) is not None:
        current.draft, current.draft_file = seal_draft(current, terms), current.file
    current.withdrawn_at = now
    current.save(update_fields=["draft", "draft_file", "withdrawn_at"])
    emails.send_quote_withdrawn(current)
    return current


def _is_invited(quote: Quote) -> bool:
    rows = NeedInvitation.objects.filter(need=quote.need_id, supplier=quote.supplier_id)
    return rows.filter(told_at__isnull=False).exists()


def _closing_shared(need_id: int) -> tuple[datetime | None, str, datetime]:
    """(closing, status, the database's clock): the closing cannot move until the transaction ends. Shared, so that two
    hundred who submit in the last second do not wait for each other; the clock is read once the lock is had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT closes_at, status FROM buyers_need WHERE id = %s FOR SHARE", [need_id])
        closing, status = cursor.fetchone()
        cursor.execute("SELECT clock_timestamp()")
        return closing, status, cursor.fetchone()[0]


def _held_quote(need: Need, supplier: Supplier, by: User | None) -> Quote:
    Quote.objects.get_or_create(need=need, supplier=supplier, defaults={"by": by})
    return (
        Quote.objects.select_for_update(of=("self",))
        .select_related("supplier__organisation", "need", "draft_file", "file")
        .get(need=need, supplier=supplier)
    )


def _own_terms(quote: Quote, by: User | None) -> QuoteTerms | None:
    """What stands, draft first: for the verbs above, which have asked who may."""
    if by is None:
        return None
    return read_own_draft(quote=quote, by=by) or read_own_quote(quote=quote, by=by)
