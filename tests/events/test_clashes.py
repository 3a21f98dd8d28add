"""A workshop and the meetings of the same enterprise at the same hour: said on every page where one can act."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cohorts.admission import apply_to_cohort
from marketplace.events.clashes import agenda_clashes
from marketplace.events.lifecycle import publish_agenda
from marketplace.events.models import Meeting
from marketplace.events.planning import plan_meetings
from marketplace.events.registration import withdraw_participation
from tests.cohorts.factories import CohortFactory, WorkshopFactory
from tests.web.clean import assert_clean

from .factories import at, buyer, closed, coming, opened, person_of, supplier
from .test_pages import signed_in, text_of

pytestmark = pytest.mark.django_db
SAID = "Conflit d’horaire"


def followed(party, starts_at, minutes=60, **values):
    """A workshop of a cohort in which this enterprise has a place."""
    workshop = WorkshopFactory(title="Chiffrer", starts_at=starts_at, minutes=minutes, **values)
    apply_to_cohort(cohort=workshop.cohort, supplier=party, by=None, motivation="")
    return workshop


def test_clash_is_said_before_and_after_the_agenda_on_both_sides():
    event, party = opened(), supplier(name="Coop Zéphir")
    shop, _seller = coming(event, buyer(name="Ville de Zacharie")), coming(event, party)
    workshop = followed(party, at(event, "09:00"), minutes=120)
    member, other = signed_in(person_of(party)), signed_in(shop.person)
    pages = {
        "Mon espace": "/mon-espace/",
        "agenda": f"/activites/{event.slug}/horaire/",
        "registration": f"/activites/{event.slug}/inscription/",
        "cohort": f"/cohortes/{workshop.cohort.slug}/",
        "application": f"/mon-espace/cohortes/{party.applications.get().pk}/",
    }

    def said():
        return {name for name, page in pages.items() if SAID in text_of(member.get(page))}

    assert said() == set(pages)
    page = text_of(member.get("/mon-espace/")).replace("\u00a0", " ")
    assert "Présence annoncée à 9 h, 9 h 30, 10 h, 10 h 30" in page
    assert_clean(member.get("/mon-espace/"))
    assert SAID not in text_of(other.get("/mon-espace/"))
    assert SAID not in text_of(other.get(pages["cohort"]))
    plan_meetings(event=closed(event), by=None)
    publish_agenda(event=event, by=None)
    meeting = Meeting.objects.get()
    event.refresh_from_db()
    slot = event.slots[meeting.slot]
    workshop.starts_at = slot.ends_at - timedelta(minutes=1)
    workshop.save()
    assert said() == set(pages) - {"registration"}, "one meeting alone, and no hours to choose any more"
    assert "Atelier à la même heure" in text_of(member.get(pages["agenda"]))
    assert "Schedule conflict" in text_of(member.get("/en/my-space/"))
    workshop.starts_at = slot.ends_at
    workshop.save()
    assert said() == set()


def test_clash_needs_the_same_enterprise_a_place_a_workshop_that_is_held_and_a_day_to_come():
    event = opened()
    seller = coming(event, supplier())
    party = seller.supplier
    workshop = followed(party, at(event, "13:00"))

    def count():
        seller.refresh_from_db()
        return len(agenda_clashes([seller], {}))

    assert count() == 1
    followed(supplier(), at(event, "13:00"))
    WorkshopFactory(cohort=CohortFactory(), starts_at=at(event, "13:00"))
    assert count() == 1, "another enterprise's, and a cohort that it does not follow"
    workshop.is_cancelled = True
    workshop.save()
    assert count() == 0
    type(workshop).objects.filter(pk=workshop.pk).update(is_cancelled=False)
    assert count() == 1
    seller.free_slots = [0, 1]
    seller.save()
    assert count() == 0, "they are there in the morning only"
    coming(event, party)
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert SAID not in text_of(signed_in(person_of(party)).get("/mon-espace/"))
    withdraw_participation(participation=seller, by=None)
    assert count() == 0
