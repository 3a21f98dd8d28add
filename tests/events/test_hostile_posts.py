"""What a form that was not made by our page, or was sent twice, may do to a participation."""

import pytest
from django.urls import reverse

from marketplace.events.models import Participation
from marketplace.events.registration import register_participation
from tests import factories

from .factories import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    return opened()


def come(day, party, person=None) -> Participation:
    return register_participation(event=day, party=party, person=person, by=None, free_slots=[0, 1])


def left(participation: Participation) -> bool:
    participation.refresh_from_db()
    return participation.state == Participation.State.WITHDRAWN


def test_withdrawing_twice_withdraws_no_other_organisation(client, day):
    first, second = factories.SupplierFactory(), factories.SupplierFactory()
    person = factories.MembershipFactory(organisation=first.organisation).user
    factories.MembershipFactory(organisation=second.organisation, user=person)
    kept, gone = come(day, first, person), come(day, second, person)
    client.force_login(person)
    address = f"{reverse('events:register', args=[day.slug])}?pour={gone.pk}"
    for _click in range(2):
        assert client.post(address, {"withdraw": "1"}).status_code == 302
    assert left(gone)
    assert not left(kept)


def test_somebody_elses_participation_is_neither_withdrawn_nor_read(client, day):
    mine, other = factories.SupplierFactory(), factories.SupplierFactory(name="Zénobie")
    person = factories.MembershipFactory(organisation=mine.organisation).user
    kept, theirs = come(day, mine, person), come(day, other)
    client.force_login(person)
    client.post(f"{reverse('events:register', args=[day.slug])}?pour={theirs.pk}", {"withdraw": "1"})
    assert not left(theirs)
    assert not left(kept)
    page = client.get(f"{reverse('events:agenda', args=[day.slug])}?pour={theirs.pk}")
    assert "Zénobie" not in page.content.decode()
