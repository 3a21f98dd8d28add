"""Workshops that move, are cancelled or come: who is told what, once per change, and what calendars get."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from cohorts.admission import apply_to_cohort
from cohorts.calendar import cohort_calendar, tell_calendar_changes
from cohorts.lifecycle import cancel_cohort
from cohorts.models import Cohort, State
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed
from marketplace.web.typography import format_day
from tests.web.versions import version_of

from . import factories
from .test_admin import COHORTS, form_of

pytestmark = pytest.mark.django_db


def told():
    return Message.objects.filter(kind="cohorts.changed")


def plain(message):
    return message.text.replace("\u00a0", " ")


def entries(cohort):
    feed = Client().get(f"/cohortes/{cohort.slug}/ateliers.ics")
    assert {b"REFRESH-INTERVAL;VALUE=DURATION:PT1H", b"X-PUBLISHED-TTL:PT1H"} <= set(
        feed.content.splitlines()
    )
    return {str(entry["UID"]): entry for entry in Calendar.from_ical(feed.content).walk("VEVENT")}


def member(cohort, language="fr"):
    supplier, person = factories.enterprise()
    person.language = language
    person.save()
    return apply_to_cohort(cohort=cohort, supplier=supplier, by=person)


def change(cohort, by=None, **values):
    """Save the first workshop with these values, as the page does."""
    before = cohort_calendar(cohort)
    workshop = cohort.workshops.first()
    for name, value in values.items():
        setattr(workshop, name, value)
    workshop.save()
    return tell_calendar_changes(cohort=cohort, before=before, by=by)


@pytest.fixture
def cohort():
    """Two places, taken by a French and an English reader; a third in line; two workshops."""
    row = factories.CohortFactory(title="Vendre au public")
    factories.WorkshopFactory(cohort=row, title="Chiffrer", title_en="Pricing")
    factories.WorkshopFactory(cohort=row, title="Rédiger")
    row.french, row.english, row.waiting = member(row), member(row, "en"), member(row)
    return row


def test_a_moved_workshop_is_told_once_to_those_who_are_in(cohort, pole_staff):
    former = cohort.workshops.first()
    later = former.starts_at + timedelta(days=2)
    before = entries(cohort)
    assert change(cohort, by=pole_staff, starts_at=later, place="Salle B") == 2
    message = told().get(recipient=cohort.french.by)
    assert "Chiffrer" in message.text
    assert "Rédiger" not in message.text
    for words in (format_day(former.starts_at), format_day(later), "Salle B", "Centre d’affaires"):
        assert words.replace("\u00a0", " ").lower() in plain(message).lower()
    english = told().get(recipient=cohort.english.by)
    assert "Pricing" in english.text
    assert "Before" in english.text
    assert not told().filter(recipient=cohort.waiting.by).exists()
    after = entries(cohort)
    moved, still = (f"workshop-{row.pk}@" for row in cohort.workshops.order_by("pk"))
    assert before.keys() == after.keys()
    for uid, entry in after.items():
        grew = entry["SEQUENCE"] - before[uid]["SEQUENCE"]
        assert grew == (1 if uid.startswith(moved) else 0)
        assert uid.startswith((moved, still))
    assert change(cohort, by=pole_staff) == 0, "saved again without a change"
    assert told().count() == 2
    assert change(cohort, by=pole_staff, starts_at=later + timedelta(hours=1)) == 2
    assert told().count() == 4


def test_a_cancelled_workshop_is_told_and_falls_in_calendars(cohort, client):
    assert change(cohort, is_cancelled=True) == 2
    message = told().get(recipient=cohort.french.by)
    assert "Annulé" in message.text
    assert "Il était prévu" in message.text
    statuses = {str(e["SUMMARY"]): (str(e["STATUS"]), e["SEQUENCE"]) for e in entries(cohort).values()}
    assert statuses["Chiffrer (Vendre au public)"] == ("CANCELLED", 1)
    assert statuses["Rédiger (Vendre au public)"] == ("CONFIRMED", 0)
    assert "Annulé" in client.get(f"/cohortes/{cohort.slug}/").content.decode()
    assert [row.title for row in cohort.workshops.all().to_come()] == ["Rédiger"]
    assert change(cohort, is_cancelled=False) == 2
    assert told().filter(text__contains="Ajouté").count() == 1


def test_a_new_place_of_the_cohort_moves_its_workshops(cohort):
    own = cohort.workshops.last()
    own.place = "Ailleurs"
    own.save()
    before = cohort_calendar(cohort)
    cohort.place = "Maison de l’économie sociale"
    cohort.save()
    assert tell_calendar_changes(cohort=cohort, before=before, by=None) == 2
    text = told().get(recipient=cohort.french.by).text
    assert "Maison de l’économie sociale" in text
    assert "Ailleurs" not in text, "that one is held where it was"


def test_another_poles_staff_tell_nobody(cohort, foreign_staff):
    with pytest.raises(NotAllowed):
        change(cohort, by=foreign_staff, place="Salle B")
    assert not told().exists()


def test_past_workshops_and_drafts_change_without_a_word(cohort):
    first = cohort.workshops.first()
    first.starts_at = timezone.now() - timedelta(days=9)
    first.save()
    assert change(cohort, minutes=45) == 0
    draft = factories.WorkshopFactory(cohort=factories.CohortFactory(state=State.DRAFT)).cohort
    assert change(draft, minutes=45) == 0
    assert entries_sequence(draft) == [0]
    assert not told().exists()


def entries_sequence(cohort):
    return list(cohort.workshops.values_list("sequence", flat=True))


def test_a_cancelled_cohort_raises_every_number(cohort):
    cancel_cohort(cohort=cohort, by=None, message="Trop peu d’inscriptions.")
    assert {(str(e["STATUS"]), e["SEQUENCE"]) for e in entries(cohort).values()} == {("CANCELLED", 1)}


def workshops_of(cohort: Cohort, **changes):
    """The inline rows as the page posts them."""
    rows = list(cohort.workshops.all())
    found = {"workshops-TOTAL_FORMS": len(rows), "workshops-INITIAL_FORMS": len(rows)}
    for place, row in enumerate(rows):
        at = timezone.localtime(row.starts_at).strftime("%Y-%m-%dT%H:%M")
        values = {
            "id": row.pk,
            "cohort": cohort.pk,
            "title": row.title,
            "starts_at": at,
            "minutes": row.minutes,
            "place": row.place,
        }
        found |= {f"workshops-{place}-{name}": value for name, value in values.items()}
    return found | changes


def test_staff_change_the_calendar_from_the_page(cohort, pole_staff):
    for row in cohort.workshops.all():  # the page knows minutes
        row.starts_at = row.starts_at.replace(second=0, microsecond=0)
        row.save()
    client = Client()
    client.force_login(pole_staff)
    page = f"{COHORTS}{cohort.pk}/change/"
    shown = client.get(page).content.decode()
    assert 'name="workshops-0-is_cancelled"' in shown
    assert 'name="workshops-0-DELETE"' not in shown
    same = form_of(cohort, place=cohort.place, address=cohort.address, **workshops_of(cohort))
    client.post(page, same | version_of(client, page))
    assert not told().exists()
    posted = form_of(cohort, place="Ici", **workshops_of(cohort, **{"workshops-0-is_cancelled": "on"}))
    done = client.post(page, posted | version_of(client, page), follow=True).content.decode()
    assert "2 entreprises sont avisées du changement" in done.replace("\u00a0", " ")
    assert told().count() == 2
    text = told().get(recipient=cohort.french.by).text
    assert "2 ateliers de la cohorte changent" in text.replace("\u00a0", " ")
    assert cohort.workshops.get(title="Chiffrer").is_cancelled
