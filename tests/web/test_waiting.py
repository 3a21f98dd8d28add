from datetime import timedelta

import pytest
from django.db.models import F, Value
from django.utils import timezone

from marketplace.accounts.models import Organisation, User
from marketplace.web import waiting
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_ours(monkeypatch):
    monkeypatch.setattr(waiting, "_sources", {})


def say(row: waiting.Row) -> waiting.Item:
    return waiting.Item(
        title=row.name,
        text=row.detail,
        url=f"/{row.kind}/{row.subject}/",
        action="Ouvrir",
        urgency=waiting.by_date(row.due),
        since=row.since,
        due=row.due,
    )


def organisations(user):
    return waiting.columns(
        Organisation.objects.all(),
        kind="organisation",
        subject=F("pk"),
        name=F("name"),
        since=F("created_at"),
    )


def people(user):
    return waiting.columns(
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
        assert waiting.to_do(None) == waiting.ToDo(items=[], rest=[], total=0, under_way=[])


def test_a_room_may_have_nothing_for_this_person(django_assert_num_queries):
    waiting.register(kind="organisation", rows=lambda user: None, item=say)
    with django_assert_num_queries(0):
        assert waiting.to_do(None).items == []


def test_every_room_is_read_in_one_query_and_the_nearest_date_comes_first(django_assert_num_queries):
    factories.OrganisationFactory(name="Sans date")
    factories.UserFactory(email="avec@exemple.test")
    waiting.register(kind="organisation", rows=organisations, item=say)
    waiting.register(kind="person", rows=people, item=say)
    waiting.register(kind="nobody", rows=lambda user: None, item=say)
    with django_assert_num_queries(1):
        found = waiting.to_do(None)
    assert [item.title for item in found.items] == ["avec@exemple.test", "Sans date"]
    assert found.items[0].urgency == waiting.NOW
    assert found.items[0].text == "compte"
    assert found.total == 2


def test_the_oldest_are_shown_and_the_rest_is_counted():
    now = timezone.now()
    for days in range(8):
        made = factories.OrganisationFactory(name=f"{days} jours")
        Organisation.objects.filter(pk=made.pk).update(created_at=now - timedelta(days=days))
    waiting.register(
        kind="organisation",
        rows=organisations,
        item=say,
        rest=lambda n: waiting.Rest(text=f"et {n} autres", url="/tout/"),
    )
    found = waiting.to_do(None)
    assert [item.title for item in found.items] == [f"{days} jours" for days in (7, 6, 5, 4, 3)]
    assert found.rest == [waiting.Rest(text="et 3 autres", url="/tout/")]
    assert found.total == 8


def test_what_asks_for_nothing_stands_apart_and_is_not_counted():
    factories.OrganisationFactory(name="À faire")
    factories.UserFactory(email="suivi@exemple.test")
    waiting.register(kind="organisation", rows=organisations, item=say)
    waiting.register(kind="person", rows=people, item=say, informs=True)
    found = waiting.to_do(None)
    assert [item.title for item in found.items] == ["À faire"]
    assert [item.title for item in found.under_way] == ["suivi@exemple.test"]
    assert found.total == 1


@pytest.mark.parametrize(
    ("days", "urgency"), [(1, waiting.NOW), (-3, waiting.NOW), (7, waiting.SOON), (40, waiting.LATER)]
)
def test_a_near_date_makes_it_urgent(days, urgency):
    assert waiting.by_date(timezone.now() + timedelta(days=days)) == urgency


def test_without_a_date_it_can_wait():
    assert waiting.by_date(None) == waiting.LATER
