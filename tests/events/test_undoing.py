"""An event is not closed before its end without a reason; called off, it may take place after all while letters wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from marketplace.events.lifecycle import cancel_event, finish_event
from marketplace.events.models import MatchmakingEvent, State
from marketplace.events.undoing import undo_event_move
from marketplace.outbox.models import Message
from marketplace.web.errors import WrongMove
from tests.admin.conftest import signed_in
from tests.events.factories import EventFactory, coming, opened
from tests.outbox.running import send_message

pytestmark = pytest.mark.django_db


def send_due(later: timedelta = timedelta()) -> int:
    before = len(mail.outbox)
    with time_machine.travel(timezone.now() + later, tick=True):
        for pk in Message.objects.due().order_by("pk").values_list("pk", flat=True):
            send_message(message_id=pk)
    return len(mail.outbox) - before


def test_event_is_not_closed_before_its_end_without_a_reason(pole_staff):
    event = EventFactory(state=State.PUBLISHED, opened_at=timezone.now())
    last = event.slots[-1].ends_at
    with time_machine.travel(last - timedelta(minutes=5), tick=False):
        with pytest.raises(WrongMove, match="Écrivez pourquoi"):
            finish_event(event=event, by=pole_staff)
        finish_event(event=event, by=pole_staff, reason="Tempête : tous sont partis.")
        history = signed_in(pole_staff).get(f"/gestion/events/matchmakingevent/{event.pk}/history/")
        assert "Tempête" in history.content.decode()
        undo_event_move(event=event, by=pole_staff)
        assert MatchmakingEvent.objects.get(pk=event.pk).state == State.PUBLISHED
    with time_machine.travel(last + timedelta(minutes=5), tick=False):
        finish_event(event=event, by=pole_staff)
    with time_machine.travel(last + timedelta(days=2)), pytest.raises(WrongMove, match="passée"):
        undo_event_move(event=event, by=pole_staff)


def test_cancelled_event_takes_place_after_all_while_the_letters_wait(pole_staff):
    event = opened()
    coming(event)
    mail_before = send_due(timedelta(minutes=1))
    assert mail_before == 1  # « vous êtes inscrit »
    cancel_event(event=event, by=pole_staff)
    undo_event_move(event=event, by=pole_staff)
    assert MatchmakingEvent.objects.get(pk=event.pk).state == State.OPEN
    assert send_due(timedelta(hours=1)) == 0
    cancel_event(event=event, by=pole_staff)
    assert send_due() == 0
    assert send_due(timedelta(minutes=11)) == 1
    with pytest.raises(WrongMove, match="déjà le courriel"):
        undo_event_move(event=event, by=pole_staff)
