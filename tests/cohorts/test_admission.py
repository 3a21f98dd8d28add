"""Places, the line, and what the verbs promise about them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cohorts.admission import (
    _end_of_offer,
    accept_application,
    apply_to_cohort,
    change_cohort_places,
    confirm_offered_place,
    decline_application,
    offer_free_places,
    waitlist_application,
    withdraw_application,
)
from cohorts.lifecycle import advance_cohorts, cancel_cohort, open_cohort, start_cohort
from cohorts.models import Application, Cohort, State
from marketplace.outbox.models import Event, Message
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.models import Status
from tests import factories as people

from . import factories

pytestmark = pytest.mark.django_db
S = Application.State
SELECTION = Cohort.Admission.SELECTION


def join(cohort, name=None, motivation="Vendre mieux."):
    supplier, member = factories.enterprise(name)
    return apply_to_cohort(cohort=cohort, supplier=supplier, by=member, motivation=motivation)


def states(cohort):
    return list(cohort.applications.order_by("arrival").values_list("state", flat=True))


def line(cohort):
    return [a.arrival for a in cohort.applications.in_line()]


def assert_sound(cohort):
    """What holds after every verb while the cohort fills by itself."""
    cohort.refresh_from_db()
    taken = cohort.applications.seated().count()
    waiting = cohort.applications.in_line().count()
    assert taken <= cohort.places
    assert taken == cohort.places or waiting == 0
    running = cohort.applications.live().values_list("supplier", flat=True)
    assert len(running) == len(set(running))


def test_first_come_gives_a_place_then_a_rank():
    cohort = factories.CohortFactory(places=2)
    for _n in range(4):
        join(cohort)
    assert states(cohort) == [S.ACCEPTED, S.ACCEPTED, S.WAITING, S.WAITING]
    assert [a.arrival for a in cohort.applications.order_by("arrival")] == [1, 2, 3, 4]
    assert [a.rank for a in cohort.applications.ranked().order_by("arrival")] == [None, None, 1, 2]
    assert_sound(cohort)


def test_selection_waits_for_the_pole(pole_staff):
    cohort = factories.CohortFactory(places=1, admission=SELECTION)
    first, second, third = (join(cohort) for _n in range(3))
    assert states(cohort) == [S.APPLIED] * 3
    accept_application(application=second, by=pole_staff)
    accept_application(application=third, by=pole_staff)
    decline_application(
        application=first, by=pole_staff, message="La cohorte vise des enterprises plus avancées."
    )
    assert states(cohort) == [S.DECLINED, S.ACCEPTED, S.WAITING]
    assert second.seat == 1
    assert_sound(cohort)


def test_nobody_waits_while_a_place_is_free(pole_staff):
    cohort = factories.CohortFactory(places=2, admission=SELECTION)
    first, second, third = (join(cohort) for _n in range(3))
    with pytest.raises(WrongMove, match="Il reste 2 places"):
        waitlist_application(application=first, by=pole_staff)
    accept_application(application=second, by=pole_staff)
    accept_application(application=third, by=pole_staff)
    waitlist_application(application=first, by=pole_staff)
    assert first.state == S.WAITING
    assert_sound(cohort)


def test_withdrawal_offers_the_place_to_the_first_in_line():
    cohort = factories.CohortFactory(places=1, confirm_days=3)
    a, b, c = (join(cohort) for _n in range(3))
    withdraw_application(application=a, by=a.by)
    b.refresh_from_db()
    assert (b.state, b.seat) == (S.OFFERED, 1)
    assert timedelta(days=2, hours=23) < b.confirm_by - timezone.now() <= timedelta(days=3, hours=1)
    assert line(cohort) == [c.arrival]
    confirm_offered_place(application=b, by=b.by)
    assert b.state == S.ACCEPTED
    assert b.confirm_by is None
    assert_sound(cohort)


def test_offer_that_nobody_takes_goes_on():
    cohort = factories.CohortFactory(places=1)
    a, b, c = (join(cohort) for _n in range(3))
    withdraw_application(application=a, by=a.by)
    assert advance_cohorts() == 0
    Application.objects.filter(pk=b.pk).update(confirm_by=timezone.now() - timedelta(minutes=1))
    with pytest.raises(WrongMove, match="délai"):
        confirm_offered_place(application=b, by=b.by)
    assert advance_cohorts() == 1
    assert advance_cohorts() == 0
    assert states(cohort) == [S.WITHDRAWN, S.LAPSED, S.OFFERED]
    assert Message.objects.filter(kind="cohorts.lapsed", recipient=b.by).count() == 1
    assert c.pk
    assert_sound(cohort)


def test_offer_ends_before_the_first_day_but_leaves_half_a_day():
    cohort = factories.CohortFactory(
        places=1, confirm_days=20, starts_on=timezone.localdate() + timedelta(days=5)
    )
    a, b = join(cohort), join(cohort)
    withdraw_application(application=a, by=a.by)
    b.refresh_from_db()
    last = timezone.localtime(b.confirm_by)
    assert (last.date(), last.hour, last.minute) == (cohort.starts_on - timedelta(days=1), 23, 59)
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=timezone.localdate() + timedelta(days=1))
    cohort.refresh_from_db()
    assert _end_of_offer(cohort) - timezone.now() >= timedelta(hours=11)


def test_returning_goes_to_the_end_of_the_line():
    cohort = factories.CohortFactory(places=1)
    a, b, _c = (join(cohort) for _n in range(3))
    withdraw_application(application=b, by=b.by)
    again = apply_to_cohort(cohort=cohort, supplier=b.supplier, by=b.by)
    assert again.arrival == 4
    assert line(cohort) == [3, 4]
    assert a.state == S.ACCEPTED


def test_more_places_go_to_the_line_in_order(pole_staff):
    cohort = factories.CohortFactory(places=1)
    for _n in range(5):
        join(cohort)
    assert change_cohort_places(cohort=cohort, places=3, by=pole_staff) == 2
    assert states(cohort) == [S.ACCEPTED, S.OFFERED, S.OFFERED, S.WAITING, S.WAITING]
    assert line(cohort) == [4, 5]
    assert_sound(cohort)


def test_fewer_places_take_none_away(pole_staff):
    cohort = factories.CohortFactory(places=4)
    applications = [join(cohort) for _n in range(4)]
    with pytest.raises(WrongMove, match="4 places sont déjà prises"):
        change_cohort_places(cohort=cohort, places=3, by=pole_staff)
    withdraw_application(application=applications[0], by=applications[0].by)
    withdraw_application(application=applications[1], by=applications[1].by)
    change_cohort_places(cohort=cohort, places=2, by=pole_staff)
    assert sorted(cohort.applications.seated().values_list("seat", flat=True)) == [1, 2]
    assert_sound(cohort)


def test_running_cohort_offers_places_only_when_the_pole_says_so(pole_staff):
    cohort = factories.CohortFactory(places=1)
    a, b = join(cohort), join(cohort)
    start_cohort(cohort=cohort, by=pole_staff, reason="Toutes sont prêtes.")
    withdraw_application(application=a, by=a.by)
    b.refresh_from_db()
    assert b.state == S.WAITING
    assert offer_free_places(cohort=cohort, by=pole_staff) == 1
    b.refresh_from_db()
    assert b.state == S.OFFERED
    with pytest.raises(WrongMove):
        offer_free_places(cohort=cohort, by=pole_staff)


def test_accepting_never_overtakes_the_line(pole_staff):
    cohort = factories.CohortFactory(places=1, admission=SELECTION)
    a, b, c = (join(cohort) for _n in range(3))
    for application in (a, b):
        accept_application(application=application, by=pole_staff)
    start_cohort(cohort=cohort, by=pole_staff, reason="Toutes sont prêtes.")
    withdraw_application(application=a, by=a.by)  # a place is free, b waits, the pôle has not offered it yet
    accept_application(application=c, by=pole_staff)
    assert c.state == S.WAITING
    assert line(cohort) == [2, 3]


@pytest.mark.parametrize("state", [Status.DRAFT, Status.SUBMITTED, Status.SUSPENDED, Status.ARCHIVED])
def test_only_a_published_enterprise_applies(state):
    supplier, member = factories.enterprise(status=state)
    with pytest.raises(WrongMove, match="publiée"):
        apply_to_cohort(cohort=factories.CohortFactory(), supplier=supplier, by=member)
    assert not Application.objects.exists()


def test_only_a_member_applies(pole_staff, platform_admin):
    supplier, _member = factories.enterprise()
    stranger = people.UserFactory()
    for person in (stranger, pole_staff, platform_admin):
        with pytest.raises(NotAllowed):
            apply_to_cohort(cohort=factories.CohortFactory(), supplier=supplier, by=person)


def test_nobody_is_in_twice():
    cohort = factories.CohortFactory()
    first = join(cohort)
    with pytest.raises(WrongMove, match="déjà"):
        apply_to_cohort(cohort=cohort, supplier=first.supplier, by=first.by)


def test_declined_enterprise_does_not_ask_again(pole_staff):
    cohort = factories.CohortFactory(admission=SELECTION)
    first = join(cohort)
    decline_application(application=first, by=pole_staff, message="Non.")
    with pytest.raises(WrongMove, match="déjà"):
        apply_to_cohort(cohort=cohort, supplier=first.supplier, by=first.by, motivation="Encore.")


@pytest.mark.parametrize(
    "fields",
    [
        {"state": State.DRAFT},
        {"state": State.CLOSED},
        {"state": State.CANCELLED},
        {"opens_at": timezone.now() + timedelta(days=1)},
        {"opens_at": timezone.now() - timedelta(days=9), "closes_at": timezone.now() - timedelta(minutes=1)},
    ],
)
def test_cohort_takes_applications_only_between_its_dates(fields):
    with pytest.raises(WrongMove, match="ne prend pas"):
        join(factories.CohortFactory(**fields))


def test_selection_wants_a_motivation_first_come_does_not():
    with pytest.raises(WrongMove, match="pourquoi"):
        join(factories.CohortFactory(admission=SELECTION), motivation="  ")
    assert join(factories.CohortFactory(), motivation="").state == S.ACCEPTED


def test_declining_wants_a_reason(pole_staff):
    application = join(factories.CohortFactory(admission=SELECTION))
    with pytest.raises(WrongMove, match="Écrivez pourquoi"):
        decline_application(application=application, by=pole_staff, message=" ")


@pytest.mark.parametrize("verb", [accept_application, waitlist_application, decline_application])
def test_only_who_runs_the_cohort_decides(verb, foreign_staff):
    application = join(factories.CohortFactory(admission=SELECTION))
    for person in (foreign_staff, application.by):
        with pytest.raises(NotAllowed):
            verb(application=application, by=person, message="Pour essayer.")
    application.refresh_from_db()
    assert application.state == S.APPLIED


def test_partner_pole_decides_too(foreign_staff):
    cohort = factories.CohortFactory(admission=SELECTION)
    cohort.partners.add(people.pole("laval"))
    application = join(cohort)
    accept_application(application=application, by=foreign_staff)
    assert application.state == S.ACCEPTED


def test_only_its_members_or_the_pole_withdraw_or_confirm(foreign_staff, pole_staff):
    cohort = factories.CohortFactory(places=1)
    a, b = join(cohort), join(cohort)
    for person in (b.by, foreign_staff):
        with pytest.raises(NotAllowed):
            withdraw_application(application=a, by=person)
    withdraw_application(application=a, by=pole_staff)  # asked by telephone
    with pytest.raises(NotAllowed):
        confirm_offered_place(application=b, by=a.by)


def test_cancelled_cohort_moves_no_more(pole_staff):
    cohort = factories.CohortFactory(places=1)
    a, b = join(cohort), join(cohort)
    cancel_cohort(cohort=cohort, by=pole_staff, message="L’animatrice est malade.")
    for verb in (withdraw_application, confirm_offered_place):
        with pytest.raises(WrongMove):
            verb(application=a, by=a.by)
    mails = Message.objects.filter(kind="cohorts.cancelled")
    assert {mail.recipient for mail in mails} == {a.by, b.by}
    assert all("L’animatrice est malade." in mail.text for mail in mails)


def test_cancelling_what_was_announced_wants_a_reason(pole_staff):
    cohort = factories.CohortFactory()
    with pytest.raises(WrongMove, match="Écrivez pourquoi"):
        cancel_cohort(cohort=cohort, by=pole_staff)
    draft = factories.CohortFactory(state=State.DRAFT)
    cancel_cohort(cohort=draft, by=pole_staff)
    assert draft.state == State.CANCELLED


def test_acceptance_and_opening_are_told_to_other_rooms(pole_staff):
    cohort = factories.CohortFactory(state=State.DRAFT)
    open_cohort(cohort=cohort, by=pole_staff)
    application = join(cohort)
    kinds = set(Event.objects.values_list("kind", "subject"))
    assert ("cohort.opened", f"cohort:{cohort.pk}") in kinds
    assert ("application.accepted", f"application:{application.pk}") in kinds


def test_history_says_which_verb_and_who(pole_staff):
    application = join(factories.CohortFactory(admission=SELECTION))
    accept_application(application=application, by=pole_staff)
    last = Application.pgh_event_model.objects.filter(pgh_obj_id=application.pk).latest("pgh_id")
    assert last.state == S.ACCEPTED
    assert last.pgh_context.metadata == {
        "verb": "cohorts.admission.accept_application",
        "user": pole_staff.pk,
    }


def test_database_refuses_a_seat_that_is_not_there():
    cohort = factories.CohortFactory(places=1)
    join(cohort)
    other = join(cohort)
    for fields in (
        {"seat": 2, "state": S.ACCEPTED, "queue": None},  # past the places
        {"seat": 1, "state": S.ACCEPTED, "queue": None},  # taken
        {"seat": None, "state": S.ACCEPTED, "queue": None},  # in without a seat
        {"queue": None},  # waiting without a number
        {"state": S.OFFERED, "queue": None, "seat": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Application.objects.filter(pk=other.pk).update(**fields)


def test_database_refuses_fewer_places_than_seats():
    cohort = factories.CohortFactory(places=2)
    join(cohort), join(cohort)
    with pytest.raises(IntegrityError), transaction.atomic():
        Cohort.objects.filter(pk=cohort.pk).update(places=1)


def test_database_refuses_a_second_request():
    application = join(factories.CohortFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.ApplicationFactory(cohort=application.cohort, supplier=application.supplier, arrival=99)


def test_dates_move_a_cohort_on():
    today = timezone.localdate()
    ended = timezone.now() - timedelta(hours=1)
    begun = timezone.now() - timedelta(days=40)
    closing = factories.CohortFactory(opens_at=begun, closes_at=ended)
    starting = factories.CohortFactory(opens_at=begun, closes_at=ended, starts_on=today)
    over = factories.CohortFactory(
        opens_at=begun,
        closes_at=ended,
        starts_on=today - timedelta(days=9),
        ends_on=today - timedelta(days=1),
    )
    advance_cohorts()
    for cohort, state in ((closing, State.CLOSED), (starting, State.RUNNING), (over, State.DONE)):
        cohort.refresh_from_db()
        assert cohort.state == state
    assert advance_cohorts() == 0


def test_cohort_that_is_past_is_not_announced(pole_staff):
    past = factories.CohortFactory(
        state=State.DRAFT,
        opens_at=timezone.now() - timedelta(days=9),
        closes_at=timezone.now() - timedelta(days=1),
    )
    with pytest.raises(WrongMove, match="date limite des candidatures"):
        open_cohort(cohort=past, by=pole_staff)


def test_reminder_goes_once_to_who_is_in():
    cohort = factories.CohortFactory(places=1)
    a, b = join(cohort), join(cohort)
    factories.WorkshopFactory(
        cohort=cohort, starts_at=timezone.now() + timedelta(days=2), title="Lire un avis"
    )
    for _n in range(2):
        advance_cohorts()
    (mail,) = Message.objects.filter(kind="cohorts.reminder")
    assert mail.recipient == a.by
    assert "Lire un avis" in mail.text
    assert b.state == S.WAITING
