"""The life of an event, from its opening to its agendas."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from marketplace.events.lifecycle import (
    advance_events,
    cancel_event,
    close_registration,
    open_event,
    publish_agenda,
)
from marketplace.events.models import Meeting, Participation, Plan, State, Wish
from marketplace.events.planning import plan_meetings
from marketplace.events.registration import register_participation, withdraw_participation
from marketplace.events.repairs import cancel_absence, mark_absence, move_meeting
from marketplace.events.wishes import add_wish, choose_wishes, remove_wish
from marketplace.outbox.models import Event, Message
from marketplace.web.errors import NotAllowed, WrongMove
from tests import factories as common

from .factories import EventFactory, at, buyer, closed, coming, opened, person_of, supplier

pytestmark = pytest.mark.django_db


def test_opening_needs_hours_and_announces_once():
    event = EventFactory(blocks=[])
    with pytest.raises(WrongMove):
        open_event(event=event, by=None)
    event = opened()
    assert event.state == State.OPEN
    assert event.opened_at is not None
    assert Event.objects.filter(kind="event.opened", subject=f"event:{event.pk}").count() == 1
    with pytest.raises(WrongMove):
        open_event(event=event, by=None)


@pytest.mark.parametrize(
    "values",
    [
        {"day": timezone.localdate() - timedelta(days=1)},
        {"blocks": [("09:00", 4, ""), ("09:30", 2, "")]},
        {"blocks": [("23:00", 4, "")]},
    ],
    ids=["past day", "overlap", "past midnight"],
)
def test_opening_refuses_a_day_that_cannot_be(values):
    with pytest.raises(WrongMove):
        open_event(event=EventFactory(**values), by=None)


def test_staff_of_another_pole_runs_nothing(foreign_staff, pole_staff):
    event = EventFactory()
    with pytest.raises(NotAllowed):
        open_event(event=event, by=foreign_staff)
    open_event(event=event, by=pole_staff)
    for verb in (close_registration, cancel_event, plan_meetings):
        with pytest.raises(NotAllowed):
            verb(event=event, by=foreign_staff)


def test_only_published_parties_of_one_s_own_register():
    event = opened()
    mine, draft = supplier(), supplier(status="draft")
    stranger = common.UserFactory()
    with pytest.raises(NotAllowed):
        register_participation(event=event, party=mine, person=stranger, by=stranger, free_slots=[0])
    with pytest.raises(NotAllowed):
        coming(event, draft)
    hidden = buyer(is_published=False)
    with pytest.raises(NotAllowed):
        coming(event, hidden)
    participation = coming(event, mine, free_slots=[3, 1, 99])
    assert participation.free_slots == [1, 3]
    with pytest.raises(WrongMove):
        coming(event, buyer(), free_slots=[99])


def test_registering_again_changes_what_was_said_and_writes_one_mail():
    event = opened()
    participation = coming(event, needs="Bancs")
    again = coming(event, participation.supplier, needs="  Bancs et \n tables ")
    assert again.pk == participation.pk
    assert again.needs == "Bancs et tables"
    assert Message.objects.filter(kind="events.registered").count() == 1
    withdraw_participation(participation=again, by=person_of(participation.supplier))
    coming(event, participation.supplier)
    assert Message.objects.filter(kind="events.registered").count() == 2


def test_places_are_counted_per_side():
    event = opened(buyer_places=1, supplier_places=1)
    coming(event)
    with pytest.raises(WrongMove, match="fournisseurs"):
        coming(event)
    first = coming(event, buyer())
    with pytest.raises(WrongMove, match="acheteurs"):
        coming(event, buyer())
    withdraw_participation(participation=first, by=None)
    coming(event, buyer())


def test_registration_follows_its_dates_but_the_pole_may_help(pole_staff):
    event = opened()
    party = supplier()
    event.registration_opens_at, event.registration_closes_at = (
        timezone.now() - timedelta(days=3),
        timezone.now() - timedelta(days=1),
    )
    event.save()
    with pytest.raises(WrongMove):
        coming(event, party)
    assert register_participation(
        event=event, party=party, person=person_of(party), by=pole_staff, free_slots=[0]
    )


def test_wishes_go_to_the_other_side_in_order_and_within_the_limit():
    event = opened(most_wishes=2)
    shop, own = coming(event, buyer()), [coming(event) for _ in range(3)]
    by = shop.person
    choose_wishes(participation=shop, wanted=[own[1], own[0]], by=by)
    assert [(w.wanted, w.rank) for w in shop.wishes.order_by("rank")] == [(own[1], 1), (own[0], 2)]
    choose_wishes(participation=shop, wanted=[own[0], own[1]], by=by)  # ranks change places
    assert [w.wanted for w in shop.wishes.order_by("rank")] == [own[0], own[1]]
    with pytest.raises(WrongMove):
        add_wish(participation=shop, wanted=own[2], by=by)
    remove_wish(participation=shop, wanted=own[0], by=by)
    assert [(w.wanted, w.rank) for w in shop.wishes.all()] == [(own[1], 1)]
    with pytest.raises(NotAllowed):
        choose_wishes(participation=own[0], wanted=[own[1]], by=own[0].person)
    with pytest.raises(NotAllowed):
        choose_wishes(participation=shop, wanted=[own[0]], by=own[0].person)
    elsewhere = coming(opened())
    with pytest.raises(NotAllowed):
        choose_wishes(participation=shop, wanted=[elsewhere], by=by)


def test_wishes_end_on_their_date_except_for_the_pole(pole_staff):
    event = opened()
    shop, other = coming(event, buyer()), coming(event)
    event.registration_closes_at = event.wishes_close_at = timezone.now() - timedelta(minutes=1)
    event.save()
    with pytest.raises(WrongMove):
        choose_wishes(participation=shop, wanted=[other], by=shop.person)
    choose_wishes(participation=shop, wanted=[other], by=pole_staff)
    assert Wish.objects.count() == 1


def whole_day(buyers: int = 10, suppliers: int = 20, **values):
    """Ten buyers and twenty suppliers who wish to meet some of those in front."""
    event = opened(tables=10, **values)
    shops = [coming(event, buyer()) for _ in range(buyers)]
    sellers = [coming(event) for _ in range(suppliers)]
    for place, shop in enumerate(shops):
        wanted = [sellers[(place * 3 + step) % suppliers] for step in range(min(5, suppliers))]
        choose_wishes(participation=shop, wanted=wanted, by=shop.person)
    for place, seller in enumerate(sellers[: suppliers - 2]):  # two wish for nobody
        wanted = [shops[(place + step) % buyers] for step in range(min(3, buyers))]
        choose_wishes(participation=seller, wanted=wanted, by=seller.person)
    return closed(event), shops, sellers


def test_plan_gives_everyone_an_agenda(pole_staff):
    event, shops, sellers = whole_day()
    run = plan_meetings(event=event, by=pole_staff)
    assert event.state == State.SCHEDULED
    for participation in (*shops, *sellers):
        assert Meeting.objects.filter(event=event).of(participation).exists(), participation
    assert run.meetings == Meeting.objects.count()
    assert 0 < run.value <= run.bound
    assert run.met + len(run.unmet) == run.wished
    assert not Message.objects.filter(kind="events.agenda").exists()
    publish_agenda(event=event, by=pole_staff)
    assert Message.objects.filter(kind="events.agenda").count() == 30
    assert Event.objects.filter(kind="event.agenda_published").count() == 1


def test_plan_respects_presence_and_what_people_can_take():
    event = opened(tables=1)
    shop = coming(event, buyer(), free_slots=[0, 1, 2], most_meetings=2)
    for _ in range(4):
        choose_wishes(participation=coming(event, free_slots=[1, 2, 5]), wanted=[shop], by=None)
    plan_meetings(event=closed(event), by=None)
    meetings = list(Meeting.objects.filter(buyer=shop))
    assert {meeting.slot for meeting in meetings} == {1, 2}
    run = Plan.objects.get()
    assert len(run.unmet) == 2
    assert all(unmet["buyer"] == shop.pk and unmet["why"] for unmet in run.unmet)


def test_plan_never_seats_an_organisation_with_itself():
    event = opened()
    both = supplier()
    shop = common.BuyerFactory(organisation=both.organisation)
    seller, same = coming(event, both), coming(event, shop)
    with pytest.raises(NotAllowed):
        choose_wishes(participation=seller, wanted=[same], by=seller.person)
    plan_meetings(event=closed(event), by=None)
    assert not Meeting.objects.exists()
    with pytest.raises(WrongMove):
        publish_agenda(event=event, by=None)


def test_plan_again_keeps_what_was_moved_by_hand(pole_staff):
    event, _shops, _sellers = whole_day(3, 5)
    plan_meetings(event=event, by=pole_staff)
    meeting = Meeting.objects.order_by("pk").first()
    moved = move_meeting(meeting=meeting, slot=meeting.slot, table=event.tables + 1, by=pole_staff)
    plan_meetings(event=event, by=pole_staff)
    again = Meeting.objects.get(pk=moved.pk)
    assert (again.slot, again.table) == (meeting.slot, event.tables + 1)
    assert not Message.objects.filter(kind="events.moved").exists()


def published(**values):
    event, shops, sellers = whole_day(**values)
    plan_meetings(event=event, by=None)
    publish_agenda(event=event, by=None)
    return event, shops, sellers


def test_moving_refuses_what_cannot_be_and_tells_the_two(pole_staff):
    event, _shops, _sellers = published(buyers=3, suppliers=5)
    meeting, other = Meeting.objects.order_by("slot", "pk")[:2]
    for slot, table in ((99, 1), (meeting.slot, 99), (other.slot, other.table)):
        with pytest.raises(WrongMove):
            move_meeting(meeting=meeting, slot=slot, table=table, by=pole_staff)
    spare = event.tables + 1
    move_meeting(meeting=meeting, slot=meeting.slot, table=spare, by=pole_staff)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.table, meeting.sequence) == ("moved", spare, 1)
    told = Message.objects.filter(kind="events.moved")
    assert {message.recipient for message in told} == {meeting.buyer.person, meeting.supplier.person}
    assert "table\u00a0A" in told[0].text


def test_absence_drops_meetings_tells_the_others_and_can_be_undone(pole_staff):
    _event, shops, _sellers = published()
    gone = shops[0]
    before = {m.pk: (m.slot, m.table) for m in Meeting.objects.exclude(buyer=gone)}
    met = set(Meeting.objects.filter(buyer=gone).values_list("supplier", flat=True))
    change = mark_absence(participation=gone, by=pole_staff)
    assert {m.supplier_id for m in change.fallen} == met
    after = {m.pk: (m.slot, m.table) for m in Meeting.objects.exclude(buyer=gone)}
    assert all(after[pk] == place for pk, place in before.items()), "nobody else moves"
    assert not Meeting.objects.filter(buyer=gone).placed().exists()
    told = set(Message.objects.filter(kind="events.moved").values_list("subject", flat=True))
    assert {f"participation:{key}" for key in met} <= told
    assert f"participation:{gone.pk}" not in told
    back = cancel_absence(participation=gone, by=pole_staff)
    assert not back.fallen
    assert Meeting.objects.filter(buyer=gone).placed().count() == len(met)


def test_late_arrival_moves_only_the_meetings_it_touches(pole_staff):
    event = opened(tables=2)
    shop, seller = coming(event, buyer()), coming(event)
    choose_wishes(participation=shop, wanted=[seller], by=None)
    bystanders = coming(event, buyer()), coming(event)
    choose_wishes(participation=bystanders[0], wanted=[bystanders[1]], by=None)
    plan_meetings(event=closed(event), by=None)
    publish_agenda(event=event, by=None)
    meeting = Meeting.objects.get(buyer=shop, supplier=seller)
    still = Meeting.objects.get(buyer=bystanders[0], supplier=bystanders[1])
    change = mark_absence(participation=seller, slots=[0, 1, 2, 3], by=pole_staff)
    meeting.refresh_from_db()
    assert meeting.slot >= 4
    assert meeting in change.moved
    assert Meeting.objects.get(pk=still.pk).slot == still.slot
    assert Participation.objects.get(pk=seller.pk).state == "registered"


def test_repair_leaves_past_hours_alone(pole_staff):
    event, shops, _sellers = published()
    past = list(Meeting.objects.filter(slot__lte=1).values_list("pk", "slot", "table"))

    with time_machine.travel(at(event, "09:45"), tick=False):
        mark_absence(participation=shops[0], by=pole_staff)
    kept = set(Meeting.objects.values_list("pk", "slot", "table"))
    assert set(past) <= kept
    assert not Meeting.objects.filter(buyer=shops[0], slot__gte=2).exists()


def test_withdrawing_after_publication_frees_the_others():
    _event, shops, _sellers = published()
    withdraw_participation(participation=shops[0], by=shops[0].person)
    shops[0].refresh_from_db()
    assert shops[0].state == "withdrawn"
    assert not Meeting.objects.filter(buyer=shops[0]).placed().exists()
    assert not Wish.objects.filter(wanted=shops[0]).exists()


def test_cancelling_tells_everyone_registered(pole_staff):
    event = opened()
    here, left = coming(event), coming(event)
    withdraw_participation(participation=left, by=None)
    cancel_event(event=event, by=pole_staff)
    assert event.state == State.CANCELLED
    assert {m.recipient for m in Message.objects.filter(kind="events.cancelled")} == {here.person}
    with pytest.raises(WrongMove):
        cancel_event(event=event, by=pole_staff)


def test_advance_follows_the_dates_and_is_safe_twice():
    event = opened()
    coming(event), coming(event, buyer())
    event.registration_closes_at = timezone.now() - timedelta(minutes=1)
    event.save()
    assert advance_events() == 1
    assert advance_events() == 0
    event.refresh_from_db()
    assert event.state == State.WISHES
    assert Message.objects.filter(kind="events.wishes").count() == 2
    plan_meetings(event=event, by=None)
    publish_agenda(event=event, by=None)
    event.refresh_from_db()
    event.day = timezone.localdate() - timedelta(days=1)
    event.save()
    assert advance_events() == 1
    event.refresh_from_db()
    assert event.state == State.DONE
    assert set(Meeting.objects.values_list("state", flat=True)) == {"done"}


def test_history_names_the_verb(pole_staff):
    event = EventFactory()
    open_event(event=event, by=pole_staff)
    (model,) = set(type(event).pgh_event_models.values())
    row = model.objects.filter(pgh_obj_id=event.pk).latest("pgh_id")
    assert row.pgh_context.metadata == {
        "verb": "marketplace.events.lifecycle.open_event",
        "user": pole_staff.pk,
    }
