"""What the database refuses, whoever asks, and places under many hands at once."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.events.models import MatchmakingEvent, Meeting, Participation, Wish
from marketplace.events.planning import plan_meetings
from marketplace.events.registration import register_participation, withdraw_participation
from marketplace.events.wishes import add_wish
from marketplace.web.errors import NotAllowed, WrongMove

from .factories import EventFactory, buyer, closed, coming, opened, person_of, supplier


def refused(**values) -> bool:
    """Whether the database refuses a meeting, at once or when the transaction ends."""
    try:
        with transaction.atomic():
            Meeting.objects.create(**values)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError:
        return True
    return False


@pytest.mark.django_db
def test_database_refuses_meetings_that_collide():
    event = opened()
    shops, sellers = [coming(event, buyer()) for _ in range(2)], [coming(event) for _ in range(2)]
    Meeting.objects.create(event=event, buyer=shops[0], supplier=sellers[0], slot=0, table=1)
    other = {"event": event, "buyer": shops[1], "supplier": sellers[1]}
    assert refused(**other, slot=0, table=1), "one table, one meeting"
    assert refused(event=event, buyer=shops[0], supplier=sellers[1], slot=0, table=2), (
        "one buyer, one meeting"
    )
    assert refused(event=event, buyer=shops[1], supplier=sellers[0], slot=0, table=2), "one supplier"
    assert refused(event=event, buyer=shops[0], supplier=sellers[0], slot=3, table=3), "a pair meets once"
    assert refused(**other, slot=None, table=2), "placed means an hour and a table"
    assert refused(**other, slot=1, table=2, state="absent")
    assert not refused(**other, slot=0, table=2)


@pytest.mark.django_db
def test_two_meetings_may_change_places():
    event = opened()
    first, second = (
        Meeting.objects.create(
            event=event, buyer=coming(event, buyer()), supplier=coming(event), slot=0, table=t
        )
        for t in (1, 2)
    )
    with transaction.atomic():
        first.table, second.table = 2, 1
        first.save()
        second.save()
    assert Meeting.objects.get(pk=first.pk).table == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [{"state": "zut"}, {"slot_minutes": 15}, {"tables": 0}, {"state": "open"}],
    ids=["unknown state", "too short", "no table", "open without a date"],
)
def test_database_refuses_events_that_cannot_be(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        EventFactory(**values)


@pytest.mark.django_db
def test_database_refuses_participations_and_wishes_that_cannot_be():
    event = opened()
    shop, seller = coming(event, buyer()), coming(event)
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.filter(pk=shop.pk).update(side="supplier")
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.create(wisher=shop, wanted=shop, rank=1)
    Wish.objects.create(wisher=shop, wanted=seller, rank=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.create(wisher=shop, wanted=seller, rank=2)


@pytest.mark.django_db(transaction=True)
def test_last_places_go_to_as_many_as_there_are():
    event = opened(supplier_places=3)
    parties = [supplier() for _ in range(8)]
    outcomes: list[str] = []
    start = threading.Barrier(len(parties))

    def come(party) -> None:
        try:
            start.wait()
            register_participation(
                event=MatchmakingEvent.objects.get(pk=event.pk),
                party=party,
                person=person_of(party),
                by=person_of(party),
                free_slots=[0],
            )
            outcomes.append("in")
        except WrongMove:
            outcomes.append("full")
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(party,)) for party in parties]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["full"] * 5 + ["in"] * 3
    assert Participation.objects.coming().filter(event=event).count() == 3


@pytest.mark.django_db(transaction=True)
def test_wishes_made_at_once_all_stand_and_none_outlives_a_withdrawal():
    event = opened()
    shop, sellers = coming(event, buyer()), [coming(event) for _ in range(4)]
    start = threading.Barrier(len(sellers) + 1)

    def act(seller) -> None:
        try:
            mine = Participation.objects.select_related("event").get(pk=shop.pk)
            other = Participation.objects.select_related("event").get(pk=sellers[0].pk)
            start.wait()
            if seller is None:
                withdraw_participation(participation=other, by=None)
            else:
                add_wish(participation=mine, wanted=seller, by=None)
        except NotAllowed:  # it left first
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(seller,)) for seller in [*sellers, None]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {wish.wanted for wish in shop.wishes.all()} == set(sellers[1:])


@pytest.mark.django_db
def test_planning_twice_gives_the_same_grid():
    event = opened(tables=2)
    for _ in range(3):
        coming(event, buyer()), coming(event)
    closed(event)
    plan_meetings(event=event, by=None)
    columns = ("buyer", "supplier", "slot", "table")
    before = set(Meeting.objects.values_list(*columns))
    plan_meetings(event=event, by=None)
    assert set(Meeting.objects.values_list(*columns)) == before
