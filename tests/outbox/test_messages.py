"""A mail is written once per cause, with consent, and staff may try again what was given up."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from marketplace.accounts import consents
from marketplace.outbox import delivery, messages
from marketplace.outbox.models import Mention, Message
from marketplace.web.errors import NotAllowed, WrongMove
from tests.factories import PolePostFactory, UserFactory
from tests.outbox.builders import write

pytestmark = pytest.mark.django_db

REAL_WAKE = delivery.wake_worker


def test_write_wakes_a_worker_on_commit(wakes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        message = write()
        assert wakes == []
    assert wakes == [("outbox.send", message.pk)]


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
    again = messages.write_raw(
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
    assert messages.write_raw(version="1", **fields, **body) is None
    consents.give(user=user, purpose="alerts", wording="Oui.", by=user)
    assert messages.write_raw(version="2", **fields, **body) is not None
    assert messages.write_raw(version="3", **{**fields, "recipient": None}, **body) is None


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
    first = messages.write_raw(version="1", mentions=[("ocds-1", "v1"), ("ocds-2", "v1")], **fields)
    assert messages.write_raw(version="2", mentions=[("ocds-3", "v1"), ("ocds-2", "v1")], **fields) is None
    assert Message.objects.get() == first
    assert Mention.objects.count() == 2
    other = UserFactory()
    assert messages.write_raw(
        version="2", mentions=[("ocds-2", "v1")], **{**fields, "recipient": other, "address": other.email}
    )


def test_write_signs_in_the_language_of_its_reader():
    user = UserFactory(language="en")
    message = messages.write(
        recipient=user, address=user.email, kind="k", subject="s", version="1", title="t", template="account/other",
        context={"paragraphs": "Bonjour & <merci>"},
    )  # fmt: skip
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
        messages.retry(message=message, by=staff)
    assert (message.status, message.attempts) == ("queued", 0)
    assert ("outbox.send", message.pk) in wakes
    with pytest.raises(WrongMove):
        messages.retry(message=message, by=staff)


def test_retry_is_for_the_pole_that_signs(some_pole, foreign_staff, platform_admin):
    message = fail(write(pole=some_pole))
    for stranger in (foreign_staff, UserFactory()):
        with pytest.raises(NotAllowed):
            messages.retry(message=message, by=stranger)
    messages.retry(message=message, by=platform_admin)


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

    monkeypatch.setattr(delivery, "wake_worker", REAL_WAKE)
    monkeypatch.setattr(app.conf, "broker_url", "redis+socket:///nowhere/valkey.sock")
    monkeypatch.setattr(app.conf, "broker_write_url", "redis+socket:///nowhere/valkey.sock")
    app.pool.force_close_all()
    app._pool = app.amqp._producer_pool = None
    try:
        with django_capture_on_commit_callbacks(execute=True):
            message = write()
        assert not delivery.wake_worker("outbox.send", message.pk)
    finally:
        app._pool = app.amqp._producer_pool = None
    assert list(Message.objects.due()) == [message]


def test_erasing_a_person_erases_their_mails_and_others_stay():
    from marketplace.accounts import personal_data

    reader, other = UserFactory(), UserFactory()
    write(recipient=reader, address=reader.email)
    write(address=reader.email, subject="invitation")  # before they had an account
    kept = write(address=other.email, recipient=other)
    assert [m["title"] for m in personal_data.export(reader)["outbox"]] == [kept.title, kept.title]
    personal_data.erase(user=reader, by=reader)
    assert list(Message.objects.all()) == [kept]


class WritingTwice(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from("12")), max_size=10)
    )
    def test_writing_any_sequence_keeps_one_mail_per_cause(self, causes):
        for kind, subject, version in causes:
            messages.write_raw(
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
