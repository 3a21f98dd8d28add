"""`dev.py prove crowd`: many at once, on real connections: two hundred for fifty places, and people who leave while others come."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connections
from django.test import Client
from django.urls import reverse

from cohorts.admission import (
    accept_application,
    apply_to_cohort,
    change_cohort_places,
    confirm_offered_place,
    offer_free_places,
    withdraw_application,
)
from cohorts.lifecycle import start_cohort
from cohorts.models import Application, Cohort
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.outbox import queue
from marketplace.outbox.models import Event, Message
from marketplace.web.errors import Refused, WrongMove
from suppliers.models import LegalForm, Status, Supplier
from tests import factories as people
from tests.cohorts import factories

pytestmark = pytest.mark.django_db(transaction=True)
S = Application.State
ASKING, PLACES, AT_ONCE = 200, 50, 20


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    """Waking a worker is not what is measured here; the rows are."""
    monkeypatch.setattr(queue, "wake_worker", lambda *_args: True)


def enterprises(count):
    """Published enterprises with one member each, in a few statements."""
    users = User.objects.bulk_create(
        User(email=f"foule{n}@exemple.test", first_name="Foule", password=make_password(None))
        for n in range(count)
    )
    organisations = Organisation.objects.bulk_create(
        Organisation(name=f"Entreprise {n}", neq=f"1197{n:06d}", mrc_id="371", region_id="04")
        for n in range(count)
    )
    Membership.objects.bulk_create(
        Membership(user=user, organisation=organisation, role=Membership.Role.OWNER)
        for user, organisation in zip(users, organisations, strict=True)
    )
    suppliers = Supplier.objects.bulk_create(
        Supplier(
            organisation=organisation,
            slug=f"entreprise-{n}",
            status=Status.PUBLISHED,
            legal_form=LegalForm.OBNL,
        )
        for n, organisation in enumerate(organisations)
    )
    return list(zip(suppliers, users, strict=True))


def in_threads(work, things):
    """Run `work` on each thing, twenty at a time, each thread on a connection of its own; what they answered."""
    barrier = Barrier(AT_ONCE)

    def start() -> None:
        barrier.wait(timeout=30)  # nobody begins before all connections stand

    def one(thing):
        try:
            return work(thing)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE, initializer=start) as pool:
        return list(pool.map(one, things))


def test_two_hundred_ask_at_once_for_fifty_places():
    cohort = factories.CohortFactory(places=PLACES)
    address = reverse("cohorts:apply", args=[cohort.slug])
    clients = []
    one_site = Client().handler  # as a server has it: the middleware is loaded once, not by each visitor
    one_site.load_middleware()
    for supplier, user in enterprises(ASKING):
        client = Client()
        client.handler = one_site
        client.force_login(user)
        clients.append((client, supplier))
    random.shuffle(clients)

    def ask(pair):
        client, supplier = pair
        return client.post(address, {"supplier": supplier.pk, "motivation": ""}).status_code

    since = time.process_time()  # of this process alone: what else the machine does meanwhile is not measured
    answers = in_threads(ask, clients)
    took = time.process_time() - since

    assert answers == [302] * ASKING
    rows = list(Application.objects.filter(cohort=cohort).order_by("arrival"))
    assert [row.arrival for row in rows] == list(range(1, ASKING + 1)), "no gap, no double"
    assert [row.state for row in rows] == [S.ACCEPTED] * PLACES + [S.WAITING] * (ASKING - PLACES)
    assert [row.seat for row in rows[:PLACES]] == list(range(1, PLACES + 1))
    assert [row.queue for row in rows[PLACES:]] == list(range(1, ASKING - PLACES + 1))
    # A second witness of who came first: the numbers that the history's own sequence gave to the same inserts.
    inserts = Application.pgh_event_model.objects.filter(pgh_label="insert").order_by("pgh_id")
    assert list(inserts.values_list("pgh_obj_id", flat=True)) == [row.pk for row in rows]
    assert all(before.applied_at <= after.applied_at for before, after in pairwise(rows))
    # Everyone is told once, and those who wait are told their rank.
    assert Message.objects.filter(kind="cohorts.accepted").count() == PLACES
    waiting = {m.subject: m for m in Message.objects.filter(kind="cohorts.waiting")}
    assert len(waiting) == ASKING - PLACES
    assert Message.objects.count() == ASKING
    for rank, row in enumerate(rows[PLACES:], start=1):
        text = waiting[f"application:{row.pk}"].text
        assert ("en tête de la liste" if rank == 1 else f"au rang {rank} ") in text
    assert Event.objects.filter(kind="application.accepted").count() == PLACES
    assert took < 30, f"{took:.1f} s"
    print(f"\n{ASKING} requests in {took:.1f} s of processor time")  # noqa: T201 - the figure is worth reading with -s


def test_same_enterprise_asking_twenty_times_at_once_is_in_once():
    cohort = factories.CohortFactory(places=PLACES)
    ((supplier, user),) = enterprises(1)

    def ask(_n):
        try:
            return apply_to_cohort(cohort=cohort, supplier=supplier, by=user).state
        except Refused:
            return "refused"

    answers = in_threads(ask, range(AT_ONCE))
    assert sorted(answers) == [S.ACCEPTED] + ["refused"] * (AT_ONCE - 1)
    assert Application.objects.count() == 1


def test_several_staff_accept_the_same_requests_at_once():
    """Each request is decided once, whoever was first; the others are refused and nobody is told twice."""
    cohort = factories.CohortFactory(places=3, admission=Cohort.Admission.SELECTION)
    rows = [
        apply_to_cohort(cohort=cohort, supplier=supplier, by=user, motivation="Vendre.")
        for supplier, user in enterprises(6)
    ]

    def accept(row):
        try:
            return accept_application(application=Application.objects.get(pk=row.pk), by=None).state
        except WrongMove:
            return "refused"

    answers = in_threads(accept, rows * 4)
    assert sorted(answers) == sorted([S.ACCEPTED] * 3 + [S.WAITING] * 3 + ["refused"] * 18)
    assert sorted(cohort.applications.seated().values_list("seat", flat=True)) == [1, 2, 3]
    assert list(cohort.applications.in_line().values_list("queue", flat=True)) == [1, 2, 3]
    assert Message.objects.filter(kind__in=["cohorts.accepted", "cohorts.waiting"]).count() == 6


def test_places_that_free_while_staff_offer_them_go_once_and_in_order():
    """A cohort that runs: three leave while many press « Offrir les places libres »."""
    cohort = factories.CohortFactory(places=4)
    rows = [apply_to_cohort(cohort=cohort, supplier=supplier, by=user) for supplier, user in enterprises(10)]
    start_cohort(cohort=cohort, by=None, reason="Toutes sont prêtes.")

    def act(row):
        try:
            if row is None:
                return offer_free_places(cohort=cohort, by=None)
            withdraw_application(application=row, by=None)
        except WrongMove:
            pass
        return 0

    offered = sum(in_threads(act, [*rows[:3], *[None] * 30]))
    offered += act(None)  # whatever the last one to leave left
    assert offered == 3
    states = list(cohort.applications.order_by("arrival").values_list("state", flat=True))
    assert states == [S.WITHDRAWN] * 3 + [S.ACCEPTED] + [S.OFFERED] * 3 + [S.WAITING] * 3
    assert sorted(cohort.applications.seated().values_list("seat", flat=True)) == [1, 2, 3, 4]
    assert Message.objects.filter(kind="cohorts.offered").count() == 3


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_leaving_while_others_come_keeps_every_promise(seed):
    """Random moves on twenty connections: whatever the order they ran in, the rows are sound and the line was kept."""
    chance = random.Random(seed)
    cohort = factories.CohortFactory(places=5)
    staff = people.PolePostFactory(pole=people.pole("mauricie")).user
    everyone = enterprises(30)
    moves = [
        (
            chance.choices(["apply", "withdraw", "confirm", "places"], [5, 4, 3, 1])[0],
            chance.choice(everyone),
            n,
        )
        for n in range(240)
    ]
    unexpected = []

    def act(move):
        name, (supplier, user), n = move
        try:
            if name == "apply":
                apply_to_cohort(cohort=cohort, supplier=supplier, by=user)
            elif name == "places":
                change_cohort_places(cohort=cohort, places=3 + n % 6, by=staff)
            elif (
                row := Application.objects.select_related("cohort")
                .filter(cohort=cohort, supplier=supplier)
                .order_by("-arrival")
                .first()
            ):
                verb = withdraw_application if name == "withdraw" else confirm_offered_place
                verb(application=row, by=user)
        except Refused:
            pass
        except Exception as error:
            unexpected.append(repr(error))

    in_threads(act, moves)
    assert not unexpected
    cohort.refresh_from_db()
    rows = cohort.applications
    taken, waiting = rows.seated().count(), rows.in_line().count()
    assert taken <= cohort.places
    assert taken == cohort.places or waiting == 0, "nobody waits while a place is free"
    arrivals = list(rows.order_by("arrival").values_list("arrival", flat=True))
    assert arrivals == list(range(1, len(arrivals) + 1)), "no gap, no double"
    running = list(rows.live().values_list("supplier", flat=True))
    assert len(running) == len(set(running)), "nobody is in twice"
    assert_line_was_kept(cohort)


def assert_line_was_kept(cohort):
    """Read out of the history: every place that was offered went to whoever stood first at that moment."""
    line: list[int] = []
    offered = 0
    for pk, state in (
        Application.pgh_event_model.objects.filter(cohort=cohort)
        .order_by("pgh_id")
        .values_list("pgh_obj_id", "state")
    ):
        if state == S.WAITING and pk not in line:
            line.append(pk)
        elif state == S.OFFERED and pk in line:
            assert line[0] == pk
            line.pop(0)
            offered += 1
        elif state != S.WAITING and pk in line:
            line.remove(pk)
    assert offered, "the moves must have offered places, or this proves nothing"
