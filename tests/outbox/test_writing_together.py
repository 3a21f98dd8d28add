"""Mails written in a few statements say and keep what mails written one by one do."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.accounts import consents
from marketplace.accounts.models import User
from marketplace.outbox import messages
from marketplace.outbox.messages import Draft
from marketplace.outbox.models import Mention, Message
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def draft(user: User, **changes: Any) -> Draft:
    fields: dict[str, Any] = {
        "recipient": user,
        "kind": "test.plain",
        "subject": f"user:{user.pk}",
        "version": "1",
        "title": "Votre courriel a changé",
        "template": "account/other",
        "context": {"paragraphs": "Bonjour"},
        **changes,
    }
    return Draft(**fields)


def test_mails_written_together_are_those_written_alone():
    one, other = UserFactory(), UserFactory()
    together = messages.write_together([draft(one), draft(other)])
    assert [message.recipient for message in together] == [one, other]
    alone = messages.write(address=one.email, **{**vars(draft(one)), "version": "2"})
    for name in ("title", "text", "html", "sender_name", "reply_to", "headers", "status", "purpose"):
        assert getattr(alone, name) == getattr(together[0], name), name


def test_together_costs_the_same_for_two_and_for_ten():
    def cost(people: int) -> int:
        drafts = [draft(user) for user in UserFactory.create_batch(people)]
        with CaptureQueriesContext(connection) as asked:
            assert len(messages.write_together(drafts)) == people
        return len(asked)

    assert cost(2) == cost(10)


def test_together_wakes_a_worker_for_each(wakes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        written = messages.write_together([draft(UserFactory()), draft(UserFactory())])
    assert sorted(wakes) == sorted(("outbox.send", message.pk) for message in written)


def test_together_leaves_out_what_was_written_before():
    one, other = UserFactory(), UserFactory()
    messages.write_together([draft(one)])
    assert [message.recipient for message in messages.write_together([draft(one), draft(other)])] == [other]
    assert Message.objects.count() == 2


def test_together_needs_the_consent_that_each_names():
    willing, unwilling = UserFactory(), UserFactory()
    consents.give(user=willing, purpose="alerts", wording="Oui.", by=willing)
    written = messages.write_together([draft(willing, purpose="alerts"), draft(unwilling, purpose="alerts")])
    assert [message.recipient for message in written] == [willing]


def test_a_mention_that_stands_keeps_only_its_own_mail_back():
    one, other = UserFactory(), UserFactory()
    messages.write_together([draft(one, mentions=[("ocds-1", "v1")])])
    second = [draft(user, subject=f"again:{user.pk}", mentions=[("ocds-1", "v1")]) for user in (one, other)]
    assert [message.recipient for message in messages.write_together(second)] == [other]
    assert Mention.objects.count() == 2


def test_the_same_mail_twice_in_one_batch_is_written_once():
    user = UserFactory()
    assert len(messages.write_together([draft(user), draft(user)])) == 1


def test_nothing_to_write_is_nothing_written(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert messages.write_together([]) == []
