"""Delays: what waits, per pôle, against its promise; reminders to staff; figures whose list is the same rows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import Membership
from marketplace.outbox.models import Message
from marketplace.outreach.figures.counting import count_figures, suppliers_at
from marketplace.outreach.figures.periods import Period, period_of
from marketplace.outreach.figures.sources import BY_SLUG, FIGURES
from marketplace.outreach.service_levels.answers import summed_delays
from marketplace.outreach.service_levels.kinds import KINDS
from marketplace.outreach.service_levels.levels import late_since, levels_by_pole, soon_since
from marketplace.outreach.service_levels.reminders import remind_staff
from marketplace.web.promises import PROMISES
from marketplace.web.workdays import last_day_waited, workday_after, workdays_between
from suppliers.curation import DecisionNote, publish_supplier, return_supplier, submit_supplier
from suppliers.models import Status, Supplier
from tests import factories

pytestmark = pytest.mark.django_db
HOME = ZoneInfo("America/Toronto")
THURSDAY = datetime(2025, 11, 20, 9, tzinfo=HOME)

LONG_AGO = date(2020, 1, 1)


def submitted(name: str, days_ago: int, **more) -> Supplier:
    supplier = factories.SupplierFactory(name=name, status=Status.SUBMITTED, **more)
    at = timezone.now() - timedelta(days=days_ago)
    Supplier.objects.filter(pk=supplier.pk).update(status_changed_at=at)
    return supplier


def test_a_promise_counts_working_days_and_the_database_agrees_with_the_calendar():
    """What `late_since` and `soon_since` ask of the database is what the days themselves say, holidays included."""
    assert set(PROMISES) == {kind.key for kind in KINDS}
    easter = date(2027, 3, 26)
    for start in (date(2026, 11, 26), date(2026, 12, 23), date(2027, 1, 2), easter):
        for n in (0, 1, 5, 20):
            assert workdays_between(start, workday_after(start, n)) == n
        for n in (1, 5):
            last = last_day_waited(n, start)
            assert workdays_between(last, start) == n > workdays_between(last + timedelta(days=1), start)
    for kind in KINDS:
        for today in (date(2026, 11, 28), date(2027, 1, 4)):
            for back in range(50):
                day = today - timedelta(days=back)
                noon = datetime.combine(day, time(23, 30), tzinfo=HOME)
                due = workday_after(day, kind.workdays)
                assert (noon < late_since(kind, today)) == (workdays_between(due, today) > 0), (day, today)
                is_near = workdays_between(today, due) <= 1
                assert (noon < soon_since(kind, today)) == is_near, (kind.key, day, today)


@time_machine.travel(THURSDAY, tick=False)
def test_a_pole_reads_its_own_late_things_and_the_platform_compares(client):
    submitted("Cuisine de Mauricie", 12)
    submitted("Vélo de Mauricie", 1)
    submitted("Radio de Laval", 30, organisation__mrc_id="65")
    assigned = submitted("Livres confiés à Laval", 30)
    assigned.organisation.pole = factories.pole("laval")
    assigned.organisation.save()
    levels = levels_by_pole()
    counted = {
        pole: (level.total, level.late) for (kind, pole), level in levels.items() if kind == "submission"
    }
    assert counted == {"mauricie": (2, 1), "laval": (2, 2)}
    staff = factories.PolePostFactory(pole=factories.pole("mauricie"), since=LONG_AGO).user
    client.force_login(staff)
    page = client.get(reverse("outreach_admin:waiting_list", args=["soumises"])).content.decode()
    assert page.index("Cuisine de Mauricie") < page.index("Vélo de Mauricie")
    assert "Laval" not in page.partition("<main")[2].partition("</main")[0]
    late = client.get(reverse("outreach_admin:waiting_list", args=["soumises"]) + "?retard=1&pole=laval")
    assert [row.name for row in late.context["rows"]] == [
        "Cuisine de Mauricie"
    ]  # another's pôle is not asked
    soon = client.get(reverse("outreach_admin:waiting_list", args=["soumises"]) + "?bientot=1")
    assert not soon.context["rows"]
    assert "fiche soumise, hors délai" in client.get(reverse("admin:index")).content.decode()
    client.force_login(factories.UserFactory(is_superuser=True))
    rows = client.get(reverse("outreach_admin:poles")).context["rows"]
    assert [(row.code, row.late) for row in rows[:2]] == [("laval", 2), ("mauricie", 1)]


def test_staff_are_reminded_once_a_working_day_and_may_stop_it_from_the_mail(client):
    pole = factories.pole("mauricie")
    staff, gone = (factories.PolePostFactory(pole=pole, since=LONG_AGO).user for _ in range(2))
    gone.is_active = False
    gone.save()
    factories.PolePostFactory(pole=factories.pole("laval"), since=LONG_AGO)
    with time_machine.travel(THURSDAY, tick=False):
        assert remind_staff(by=None) == 0  # nothing is late
        submitted("Cuisine de Mauricie", 12)
        assert remind_staff(by=None) == 1
        assert remind_staff(by=None) == 0
    letter = Message.objects.get(kind="outreach.late")
    assert letter.recipient == staff
    assert "1 en retard" in letter.text
    assert "Cuisine" not in letter.text  # names stay on the page
    with time_machine.travel(THURSDAY + timedelta(days=2), tick=False):  # a Saturday
        assert remind_staff(by=None) == 0
    with time_machine.travel(THURSDAY + timedelta(days=4), tick=False):
        assert remind_staff(by=None) == 1
        stop = letter.headers["List-Unsubscribe"].partition(">")[0].removeprefix("<https://maillage.example")
        assert client.get(stop).status_code == 200
        assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with time_machine.travel(THURSDAY + timedelta(days=5), tick=False):
        assert remind_staff(by=None) == 0
        client.force_login(staff)
        client.post(reverse("outreach_admin:service_levels"), {"resume": "1"})
        assert remind_staff(by=None) == 1


def test_figures_of_a_period_are_their_lists_and_hide_other_territories(client):
    """A submission answered in two working days; one undone; Laval's; before and after the period."""
    staff = factories.PolePostFactory(pole=factories.pole("mauricie"), since=LONG_AGO).user
    with time_machine.travel(THURSDAY, tick=False):
        here = factories.SupplierFactory(name="Ici", status=Status.DRAFT)
        there = factories.SupplierFactory(name="Là-bas", status=Status.DRAFT, organisation__mrc_id="65")
        late = factories.SupplierFactory(name="Plus tard", status=Status.DRAFT)
        for supplier in (here, there, late):
            factories.MembershipFactory(organisation=supplier.organisation, role=Membership.Role.OWNER)
            submit_supplier(supplier=supplier, by=supplier.organisation.memberships.get().user)
    with time_machine.travel(THURSDAY + timedelta(days=4), tick=False):
        publish_supplier(supplier=here, by=staff)
        return_supplier(supplier=late, by=staff, note=DecisionNote(message="Une pièce."))
    with time_machine.travel(THURSDAY + timedelta(days=40), tick=False):
        submit_supplier(supplier=late, by=late.organisation.memberships.get().user)
        period = Period("", date(2025, 11, 1), date(2025, 11, 30))
        figures = count_figures(period, ["mauricie"])
        counted = {figure.key: figures.of(figure).n for figure in FIGURES}
        assert counted["submitted"] == 2
        assert counted["answered"] == 2
        assert counted["published"] == 1
        assert (figures.delays().median, figures.delays().within) == (2, 100)
        for figure in FIGURES:
            assert len(figure.listed(period, ["mauricie"])) == counted[figure.key]
        assert [row[1] for row in BY_SLUG["soumises"].listed(period, ["laval"])] == ["Là-bas"]
        # The history was written when the test ran, not on its days: then what was is not known, and the page says so.
        assert suppliers_at(period).filter(pk=here.pk).values_list("state_then", flat=True)[0] == ""
        client.force_login(staff)
        asked = "?du=2025-11-01&au=2025-11-30&pole=laval"
        page = client.get(reverse("outreach_admin:figures") + asked).content.decode()
        assert "Laval" not in page.partition("<main")[2].partition("</main")[0]
        table = b"".join(client.get(reverse("outreach_admin:figures_csv") + asked).streaming_content).decode()
        assert "Fiches soumises;2;" in table
        for address in (f"?periode={odd}" for odd in ("2026-T9", "9999", "x", "2026-2028", "'")):
            assert client.get(reverse("outreach_admin:figures") + address).status_code == 200
        assert client.get(reverse("outreach_admin:figures") + "?du=2026-13-01&au=\x00").status_code == 200


def test_periods_and_delays_are_what_a_funder_calls_so():
    assert period_of("2026-T1").last == date(2026, 3, 31)
    assert period_of("2026-T4").last == date(2026, 12, 31)
    assert (period_of("2026-2027").first, period_of("2026-2027").last) == (
        date(2026, 4, 1),
        date(2027, 3, 31),
    )
    found = summed_delays([1, 1, 2, 2, 3, 3, 4, 5, 9, 30], promised=5)
    assert (found.median, found.ninth_decile, found.within) == (3, 9, 80)
    assert summed_delays([], promised=5).median is None
