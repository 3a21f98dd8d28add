from datetime import timedelta

import pytest
from django.db.models import F, Value
from django.utils import timezone

from marketplace.accounts.models import Organisation, User
from marketplace.web import waiting
from marketplace.web.waiting import (
    ToDo,
    Urgency,
    WaitingItem,
    WaitingRest,
    WaitingRow,
    WaitingTile,
    register_waiting,
    staff_tiles,
    to_do_list,
    urgency_by_date,
    waiting_rows,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_ours(monkeypatch):
    monkeypatch.setattr(waiting, "_kinds", {})


def say(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=row.name,
        text=row.detail,
        url=f"/{row.kind}/{row.subject}/",
        action="Ouvrir",
        urgency=urgency_by_date(row.due),
        since=row.since,
        due=row.due,
    )


def organisations(user):
    return waiting_rows(
        Organisation.objects.all(),
        kind="organisation",
        subject=F("pk"),
        name=F("name"),
        since=F("created_at"),
    )


def people(user):
    return waiting_rows(
        User.objects.all(),
        kind="person",
        subject=F("pk"),
        name=F("email"),
        detail=Value("compte"),
        number=3,
        since=F("date_joined"),
        due=timezone.now() + timedelta(days=1),
    )


def test_nothing_registered_is_nothing_to_do(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert to_do_list(None) == ToDo(items=[], rest=[], total=0, under_way=[])


def test_a_room_may_have_nothing_for_this_person(django_assert_num_queries):
    register_waiting(kind="organisation", rows=lambda user: None, item=say)
    with django_assert_num_queries(0):
        assert to_do_list(None).items == []


def test_every_room_is_read_in_one_query_and_the_nearest_date_comes_first(django_assert_num_queries):
    factories.OrganisationFactory(name="Sans date")
    factories.UserFactory(email="avec@exemple.test")
    register_waiting(kind="organisation", rows=organisations, item=say)
    register_waiting(kind="person", rows=people, item=say)
    register_waiting(kind="nobody", rows=lambda user: None, item=say)
    with django_assert_num_queries(1):
        found = to_do_list(None)
    assert [item.title for item in found.items] == ["avec@exemple.test", "Sans date"]
    assert found.items[0].urgency == Urgency.NOW
    assert found.items[0].text == "compte"
    assert found.total == 2


def test_the_oldest_are_shown_and_the_rest_is_counted():
    now = timezone.now()
    for days in range(8):
        made = factories.OrganisationFactory(name=f"{days} jours")
        Organisation.objects.filter(pk=made.pk).update(created_at=now - timedelta(days=days))
    register_waiting(
        kind="organisation",
        rows=organisations,
        item=say,
        rest=lambda n: WaitingRest(text=f"et {n} autres", url="/tout/"),
    )
    found = to_do_list(None)
    assert [item.title for item in found.items] == [f"{days} jours" for days in (7, 6, 5, 4, 3)]
    assert found.rest == [WaitingRest(text="et 3 autres", url="/tout/")]
    assert found.total == 8


def test_what_asks_for_nothing_stands_apart_and_is_not_counted():
    factories.OrganisationFactory(name="À faire")
    factories.UserFactory(email="suivi@exemple.test")
    register_waiting(kind="organisation", rows=organisations, item=say)
    register_waiting(kind="person", rows=people, item=say, informs=True)
    found = to_do_list(None)
    assert [item.title for item in found.items] == ["À faire"]
    assert [item.title for item in found.under_way] == ["suivi@exemple.test"]
    assert found.total == 1


@pytest.mark.parametrize(
    ("days", "urgency"), [(1, Urgency.NOW), (-3, Urgency.NOW), (7, Urgency.SOON), (40, Urgency.LATER)]
)
def test_a_near_date_makes_it_urgent(days, urgency):
    assert urgency_by_date(timezone.now() + timedelta(days=days)) == urgency


def test_without_a_date_it_can_wait():
    assert urgency_by_date(None) == Urgency.LATER


def test_the_admin_counts_in_one_query_what_waits_in_the_order_of_registration(
    django_assert_num_queries,
):
    factories.OrganisationFactory()
    tiles = []

    def tile(title):
        def said(count, oldest):
            tiles.append((title, count, oldest is not None))
            return WaitingTile(title=title, url="/")

        return said

    register_waiting(kind="organisation", rows=organisations, tile=tile("organisations"), order=20)
    nobody = lambda user: people(user).none()  # noqa: E731 - as short as the thing it stands for
    register_waiting(kind="person", rows=nobody, item=say, tile=tile("personnes"), order=10)
    register_waiting(kind="untiled", rows=lambda user: None, tile=tile("rien"))
    with django_assert_num_queries(1):
        found = staff_tiles(None)
    assert [(tile.title, tile.count) for tile in found] == [("organisations", 1)], (
        "what is none does not wait"
    )
    assert tiles == [("organisations", 1, True)]
    assert to_do_list(None).items == [], "what has no sentence is only counted"
