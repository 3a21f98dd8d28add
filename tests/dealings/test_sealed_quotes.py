"""Sealed: no path shows a quote before the closing that was promised; in time to the second, and none after."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from cryptography.fernet import InvalidToken
from django.core.files.storage import storages
from django.db import connection
from django.test import Client
from django.urls import reverse

from buyers.models import Need
from marketplace.accounts.personal_data import export_personal_data
from marketplace.dealings.models import Quote
from marketplace.dealings.need_exchanges import sealing
from marketplace.dealings.need_exchanges.exchange_pdf import exchange_facts
from marketplace.dealings.need_exchanges.quoting import (
    TooLate,
    save_quote_draft,
    submit_quote,
    withdraw_quote,
)
from marketplace.dealings.need_exchanges.sealing import QuoteTerms, database_now, open_quotes
from marketplace.outbox.models import Message
from marketplace.web.arrival import WHOLE_AT
from marketplace.web.errors import NotAllowed, Refused
from tests import factories

from .exchanges import close, exchange, hand_in

pytestmark = pytest.mark.django_db

#: What a reader would recognise of a quote: its amount however it is written, its words, the name and bytes of its file.
NEEDLES = ("48731", "48 731", "48\u00a0731", "48,731", "aiguille")


def shows(text: str) -> list[str]:
    return [needle for needle in NEEDLES if needle in text.casefold()]


def whole_database() -> str:
    """Every row of every table, as text: histories, mails, sessions and search columns included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('SELECT coalesce(string_agg(t::text, '' ''), '''') FROM %I t', tablename) FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename !~ '^(territories|classification|django_migrations)'"
        )
        found = []
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
            found.append(cursor.fetchone()[0])
    return " ".join(found)


def stored_files() -> dict[str, bytes]:
    disk = storages["private"]
    try:
        folders = disk.listdir("")[0]
    except FileNotFoundError:
        return {}
    return {
        name: disk.open(f"{folder}/{name}").read() for folder in folders for name in disk.listdir(folder)[1]
    }


def test_no_path_shows_a_sealed_quote_before_its_closing():
    here, before = exchange(), stored_files()  # of other tests
    quote = hand_in(
        here.need, here.sellers[0], "48731", conditions="Aiguille dans le foin", file="aiguille.pdf"
    )
    save_quote_draft(
        need=here.need,
        supplier=here.sellers[0][0],
        terms=QuoteTerms(amount=Decimal(48731), conditions="Aiguille, encore"),
        by=here.sellers[0][1],
    )
    assert not shows(whole_database()), "a table, a history or a mail"
    kept = [content for name, content in stored_files().items() if name not in before]
    assert kept
    assert not [content for content in kept if b"%PDF" in content]

    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    admin = factories.UserFactory(is_superuser=True)
    assert open_quotes(need=here.need, by=here.buyer) == []
    for person in (staff, admin, here.sellers[1][1], here.sellers[0][1]):
        with pytest.raises(NotAllowed):
            open_quotes(need=here.need, by=person)
    for person in (staff, admin, here.buyer, here.sellers[1][1]):
        with pytest.raises(NotAllowed):
            sealing.read_own_quote(quote=quote, by=person)
        with pytest.raises(NotAllowed):
            sealing.read_own_draft(quote=quote, by=person)
    receipt = Message.objects.get(kind="exchange.quote_received")
    for person in (staff, admin, here.buyer, here.sellers[1][1]):  # not even who answered
        assert not Quote.objects.visible_to(person).exists()
        assert not Message.objects.visible_to(person).filter(pk=receipt.pk).exists()
    assert receipt in Message.objects.visible_to(here.sellers[0][1])
    assert not shows(json.dumps(exchange_facts(here.need, by=here.buyer), default=str))
    for person in (here.sellers[0][1], here.buyer, admin):
        assert not shows(json.dumps(export_personal_data(person), default=str))

    slug = here.need.slug
    pages = [
        reverse("needs:need", args=[slug]),
        reverse("needs:list"),
        reverse("pages:my_space"),
        *(
            reverse(f"dealings:need_{name}", args=[slug])
            for name in ("fit", "questions", "quote", "quotes", "contract", "record")
        ),
        reverse("dealings:need_quote_file", args=[slug, quote.pk]),
        reverse("dealings:invitation_record", args=[here.need.buyer.slug]),
        reverse("dealings_admin:stuck_exchanges"),
        *(reverse(f"admin:dealings_quote_{page}", args=[quote.pk]) for page in ("change", "history")),
        reverse("admin:dealings_quote_changelist"),
        reverse("suppliers:directory") + "?q=aiguille",
    ]
    for person in (None, here.buyer, here.sellers[1][1], staff, admin):
        client = Client()
        if person:
            client.force_login(person)
        for page in pages:
            answer = client.get(page)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            said = text.decode(errors="replace").replace("?q=aiguille", "").replace('value="aiguille"', "")
            if "directory" in page or "fournisseurs" in page:
                said = said.replace("aiguille", "")  # what was asked is said again
            assert not shows(said), f"{person} {page}"
    own = Client()
    own.force_login(here.sellers[0][1])
    assert shows(own.get(reverse("dealings:need_quote", args=[slug])).content.decode())
    file = own.get(reverse("dealings:need_quote_file", args=[slug, quote.pk]))
    assert b"".join(file.streaming_content).startswith(b"%PDF")


def test_moving_the_closing_in_the_database_opens_nothing():
    here = exchange(1)
    quote = hand_in(here.need, here.sellers[0])
    past = database_now() - timedelta(seconds=1)
    Need.objects.filter(pk=here.need.pk).update(closes_at=past, is_sealed=False)
    here.need.refresh_from_db()
    assert open_quotes(need=here.need, by=here.buyer) == []
    Quote.objects.filter(pk=quote.pk).update(submitted_at=past - timedelta(hours=1), sealed_until=past)
    with pytest.raises(InvalidToken):
        open_quotes(need=here.need, by=here.buyer)


def test_quotes_open_once_the_clock_of_the_database_has_passed_the_closing():
    here = exchange(2)
    hand_in(here.need, here.sellers[0], "900")
    kept = hand_in(here.need, here.sellers[1], "800", conditions="Balayage compris", file="devis.pdf")
    hand_in(here.need, here.sellers[0], "850")  # replaced
    assert open_quotes(need=here.need, by=here.buyer) == []
    close(here.need)
    opened = sealing.order_by_total(open_quotes(need=here.need, by=here.colleague))
    assert [one.terms.amount for one in opened] == [Decimal(800), Decimal(850)]
    assert opened[0].terms.total == Decimal("919.80")
    assert opened[0].terms.conditions == "Balayage compris"
    client = Client()
    client.force_login(here.buyer)
    file = client.get(reverse("dealings:need_quote_file", args=[here.need.slug, kept.pk]))
    assert "devis.pdf" in file["Content-Disposition"]
    with pytest.raises(Refused, match="clôture est passée"):
        withdraw_quote(quote=kept, by=here.sellers[1][1])


def test_a_quote_after_the_closing_is_refused_and_its_draft_kept():
    here = exchange(1, seconds=0.2)
    supplier, member = here.sellers[0]
    client = Client()
    client.force_login(member)
    page = reverse("dealings:need_quote", args=[here.need.slug])
    time.sleep(max(0.0, (here.need.closes_at - database_now()).total_seconds()))
    waited = {WHOLE_AT: time.monotonic() - 30}  # it was here, and waited for a thread
    client.post(page, {"amount": "900", "taxes": "added", "supplier": supplier.pk, "submit": "1"}, **waited)
    assert Quote.objects.submitted().exists()
    Quote.objects.all().delete()
    answer = client.post(
        page,
        {
            "amount": "12 500,50",
            "taxes": "added",
            "conditions": "Tard",
            "supplier": supplier.pk,
            "submit": "1",
        },
        follow=True,
    )
    text = answer.content.decode()
    assert "n’est pas déposée" in text
    assert "Tard" in text
    quote = Quote.objects.get()
    assert quote.submitted_at is None
    assert sealing.read_own_draft(quote=quote, by=member).amount == Decimal("12500.50")
    with pytest.raises(TooLate):
        submit_quote(quote=quote, by=member)


#: As many connections as a site's processes hold.
SERVED_AT_ONCE = 30


def rush(count: int, *, before: float, after: float) -> tuple[int, int, int]:
    """So many enterprises hand in around one closing; (in time and in, in time and left out, late and in)."""
    here = exchange(count, seconds=before + 0.2)
    quotes = [
        save_quote_draft(
            need=here.need, supplier=supplier, terms=QuoteTerms(amount=Decimal(n + 1)), by=member
        )
        for n, (supplier, member) in enumerate(here.sellers)
    ]
    closing = database_now() + timedelta(seconds=before)
    Need.objects.filter(pk=here.need.pk).update(closes_at=closing)
    pace = (before + after) / count
    started: dict[int, bool] = {}
    began, clock = database_now(), time.monotonic()
    served = threading.Semaphore(SERVED_AT_ONCE)

    def hand(n: int) -> None:
        time.sleep(n * pace)
        arrived = began + timedelta(seconds=time.monotonic() - clock)
        started[quotes[n].pk] = arrived < closing
        with served:
            try:
                submit_quote(quote=quotes[n], arrived_at=arrived, by=here.sellers[n][1])
            except TooLate:
                pass
            finally:
                connection.close()

    threads = [threading.Thread(target=hand, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    kept = set(Quote.objects.submitted().values_list("pk", flat=True))
    in_time = {pk for pk, is_in_time in started.items() if is_in_time}
    assert len(started) == count
    return len(in_time & kept), len(in_time - kept), len(kept - in_time)


@pytest.mark.django_db(transaction=True)
def test_all_that_come_in_the_last_second_are_in_and_none_after():
    kept, lost, late = rush(8, before=0.5, after=0.3)
    assert kept >= 3
    assert (lost, late) == (0, 0)
