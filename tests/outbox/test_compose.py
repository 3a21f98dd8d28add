"""A mail is written once per cause, with consent, alone or with others; staff may try again what was given up."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from marketplace.accounts.consents import give_consent
from marketplace.accounts.models import User
from marketplace.outbox import queue
from marketplace.outbox.compose import Draft, send_draft, send_email, send_emails
from marketplace.outbox.delivery import retry_message
from marketplace.outbox.models import Mention, Message
from marketplace.web.emails import Email
from marketplace.web.errors import NotAllowed, WrongMove
from tests.factories import PolePostFactory, UserFactory
from tests.outbox.builders import write, write_raw

pytestmark = pytest.mark.django_db

REAL_WAKE = queue.wake_queue


def test_write_wakes_a_worker_on_commit(wakes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        write()
        assert wakes == []
    assert wakes == ["outbox.send"]


def test_write_is_undone_with_its_cause():
    try:
        with transaction.atomic():
            write()
            raise RuntimeError
    except RuntimeError:
        pass
    assert not Message.objects.exists()


def test_write_twice_keeps_the_first():
    first = write()
    again = write_raw(
        address="Maude@Exemple.test ",
        kind="test.plain",
        subject="tender:1",
        version="1",
        title="Autre",
        text="Autre",
        html="",
    )
    assert again is None
    assert Message.objects.get() == first


def test_write_needs_the_consent_it_names():
    user = UserFactory()
    fields = {"recipient": user, "address": user.email, "purpose": "alerts", "kind": "k", "subject": "s"}
    body = {"title": "t", "text": "t", "html": ""}
    assert write_raw(version="1", **fields, **body) is None
    give_consent(user=user, purpose="alerts", wording="Oui.", by=user)
    assert write_raw(version="2", **fields, **body) is not None
    assert write_raw(version="3", **{**fields, "recipient": None}, **body) is None


def test_mention_keeps_a_notice_out_of_a_second_mail():
    user = UserFactory()
    fields = {
        "recipient": user,
        "address": user.email,
        "kind": "k",
        "subject": "s",
        "title": "t",
        "text": "t",
        "html": "",
    }
    first = write_raw(version="1", mentions=[("ocds-1", "v1", None), ("ocds-2", "v1", None)], **fields)
    assert write_raw(version="2", mentions=[("ocds-3", "v1", None), ("ocds-2", "v1", None)], **fields) is None
    assert Message.objects.get() == first
    assert Mention.objects.count() == 2
    other = UserFactory()
    assert write_raw(
        version="2",
        mentions=[("ocds-2", "v1", None)],
        **{**fields, "recipient": other, "address": other.email},
    )


def test_write_signs_in_the_language_of_its_reader():
    user = UserFactory(language="en")
    email = Email(kind="k", title="t", template="account/other")
    message = send_email(
        email, recipient=user, subject="s", version="1", context={"paragraphs": "Bonjour & <merci>"}
    )
    assert message.headers["Content-Language"] == "en-CA"
    assert "Bonjour & <merci>" in message.text
    assert "Bonjour &amp; &lt;merci&gt;" in message.html


def fail(message: Message) -> Message:
    Message.objects.filter(pk=message.pk).update(status="failed", attempts=10)
    message.refresh_from_db()
    return message


def test_retry_puts_a_given_up_mail_back(wakes, some_pole, django_capture_on_commit_callbacks):
    staff = PolePostFactory(pole=some_pole).user
    message = fail(write(pole=some_pole))
    with django_capture_on_commit_callbacks(execute=True):
        retry_message(message=message, by=staff)
    assert (message.status, message.attempts) == ("queued", 0)
    assert "outbox.send" in wakes
    with pytest.raises(WrongMove):
        retry_message(message=message, by=staff)


def test_retry_is_for_the_pole_that_signs(some_pole, foreign_staff, platform_admin):
    message = fail(write(pole=some_pole))
    for stranger in (foreign_staff, UserFactory()):
        with pytest.raises(NotAllowed):
            retry_message(message=message, by=stranger)
    retry_message(message=message, by=platform_admin)


def test_messages_are_visible_to_their_reader_and_the_pole_that_signs(
    some_pole, foreign_staff, platform_admin
):
    reader = UserFactory()
    message = write(recipient=reader, address=reader.email, pole=some_pole)
    staff = PolePostFactory(pole=some_pole).user
    for user in (reader, staff, platform_admin):
        assert list(Message.objects.visible_to(user)) == [message]
    for user in (foreign_staff, UserFactory()):
        assert not Message.objects.visible_to(user).exists()


def test_broker_that_is_down_costs_nothing(monkeypatch, settings, django_capture_on_commit_callbacks):
    """The request ends well and soon; the row waits for the sweep."""
    from marketplace.celery import app

    monkeypatch.setattr(queue, "wake_queue", REAL_WAKE)
    monkeypatch.setattr(app.conf, "broker_url", "redis+socket:///nowhere/valkey.sock")
    monkeypatch.setattr(app.conf, "broker_write_url", "redis+socket:///nowhere/valkey.sock")
    app.pool.force_close_all()
    app._pool = app.amqp._producer_pool = None
    try:
        with django_capture_on_commit_callbacks(execute=True):
            message = write()
        assert not queue.wake_queue("outbox.send")
    finally:
        app._pool = app.amqp._producer_pool = None
    assert list(Message.objects.due()) == [message]


def test_erasing_a_person_erases_their_mails_and_others_stay():
    from marketplace.accounts.personal_data import erase_personal_data, export_personal_data

    reader, other = UserFactory(), UserFactory()
    write(recipient=reader, address=reader.email)
    write(address=reader.email, subject="invitation")  # before they had an account
    kept = write(address=other.email, recipient=other)
    assert [m["title"] for m in export_personal_data(reader)["outbox"]] == [kept.title, kept.title]
    erase_personal_data(user=reader, by=reader)
    assert list(Message.objects.all()) == [kept]


def draft(user: User, *, purpose: str = "", **changes: Any) -> Draft:
    email = Email(
        kind="test.plain", title="Votre courriel a changé", template="account/other", purpose=purpose
    )
    fields: dict[str, Any] = {
        "recipient": user,
        "subject": f"user:{user.pk}",
        "version": "1",
        "context": {"paragraphs": "Bonjour"},
        **changes,
    }
    return Draft(email=email, **fields)


def test_mails_written_together_are_those_written_alone():
    one, other = UserFactory(), UserFactory()
    together = send_emails([draft(one), draft(other)])
    assert [message.recipient for message in together] == [one, other]
    alone = send_draft(draft(one, version="2"))
    for name in ("title", "text", "html", "sender_name", "reply_to", "headers", "status", "purpose"):
        assert getattr(alone, name) == getattr(together[0], name), name


def test_together_costs_the_same_for_two_and_for_ten():
    def cost(people: int) -> int:
        drafts = [draft(user) for user in UserFactory.create_batch(people)]
        with CaptureQueriesContext(connection) as asked:
            assert len(send_emails(drafts)) == people
        return len(asked)

    assert cost(2) == cost(10)


def test_together_wakes_once(wakes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        written = send_emails([draft(UserFactory()), draft(UserFactory())])
    assert len(written) > 1
    assert wakes == ["outbox.send"]


def test_together_leaves_out_what_was_written_before():
    one, other = UserFactory(), UserFactory()
    send_emails([draft(one)])
    assert [message.recipient for message in send_emails([draft(one), draft(other)])] == [other]
    assert Message.objects.count() == 2


def test_together_needs_the_consent_that_each_names():
    willing, unwilling = UserFactory(), UserFactory()
    give_consent(user=willing, purpose="alerts", wording="Oui.", by=willing)
    written = send_emails([draft(willing, purpose="alerts"), draft(unwilling, purpose="alerts")])
    assert [message.recipient for message in written] == [willing]


def test_a_mention_that_stands_keeps_only_its_own_mail_back():
    one, other = UserFactory(), UserFactory()
    send_emails([draft(one, mentions=[("ocds-1", "v1", None)])])
    second = [
        draft(user, subject=f"again:{user.pk}", mentions=[("ocds-1", "v1", None)]) for user in (one, other)
    ]
    assert [message.recipient for message in send_emails(second)] == [other]
    assert Mention.objects.count() == 2


def test_the_same_mail_twice_in_one_batch_is_written_once():
    user = UserFactory()
    assert len(send_emails([draft(user), draft(user)])) == 1


def test_nothing_to_write_is_nothing_written(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert send_emails([]) == []


class WritingTwice(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from("12")), max_size=10)
    )
    def test_writing_any_sequence_keeps_one_mail_per_cause(self, causes):
        for kind, subject, version in causes:
            write_raw(
                address="maude@exemple.test",
                kind=kind,
                subject=subject,
                version=version,
                title="t",
                text="t",
                html="",
            )
        kept = Message.objects.values_list("kind", "subject", "version")
        assert sorted(kept) == sorted(set(causes))
