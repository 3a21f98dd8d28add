"""Where one is signed in: seen, ended from elsewhere, ended by a new password."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.security import sessions
from marketplace.accounts.security.models import OpenSession
from marketplace.web.errors import NotAllowed
from tests import factories
from tests.security import people

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)


@pytest.fixture
def person():
    return people.person()


def browser(user, user_agent=FIREFOX):
    client = Client(headers={"user-agent": user_agent})
    people.sign_in(client, user)
    return client


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (FIREFOX, ("Firefox", "Windows")),
        (IPHONE, ("Safari", "iPhone")),
        (EDGE, ("Edge", "Windows")),
        (ANDROID, ("Chrome", "Android")),
        ("curl/8", ("", "")),
        ("", ("", "")),
    ],
)
def test_describe_says_browser_and_system(user_agent, expected):
    assert sessions.describe_device(user_agent) == expected


def test_devices_page_lists_ones_own_and_marks_this_one(person):
    here, _there = browser(person), browser(person, IPHONE)
    browser(people.person(), EDGE)
    page = here.get(reverse("security:devices"))
    assert [row.device for row in page.context["mine"]] == ["Firefox sur Windows"]
    assert [row.device for row in page.context["others"]] == ["Safari sur iPhone"]
    assert "Edge" not in page.content.decode()


def test_no_address_is_kept(person):
    client = Client(headers={"user-agent": FIREFOX}, REMOTE_ADDR="203.0.113.77")
    people.sign_in(client, person)
    row = OpenSession.objects.get()
    assert not any("203.0" in str(value) for value in vars(row).values())


def test_one_device_is_signed_out_from_another(person):
    here, there = browser(person), browser(person, IPHONE)
    (row,) = OpenSession.objects.filter(system="iPhone")
    here.post(reverse("security:end_one", args=[row.pk]))
    assert people.is_in(here)
    assert not people.is_in(there)
    assert here.get(reverse("security:devices")).context["others"] == []


def test_all_other_devices_are_signed_out_at_once(person):
    here, others = browser(person), [browser(person, IPHONE), browser(person, EDGE)]
    stranger = browser(people.person())
    here.post(reverse("security:end_others"))
    assert people.is_in(here)
    assert not any(people.is_in(client) for client in others)
    assert people.is_in(stranger)


def test_nobody_ends_anothers_session(person):
    victim, stranger = browser(person), browser(people.person())
    row = OpenSession.objects.get(user=person)
    assert stranger.post(reverse("security:end_one", args=[row.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        sessions.end_session(session=row, by=factories.UserFactory())
    assert people.is_in(victim)


def test_a_new_password_signs_the_other_devices_out(person):
    here, there = browser(person), browser(person, IPHONE)
    here.post(
        reverse("account_change_password"),
        {
            "oldpassword": factories.PASSWORD,
            "password1": "un-tout-nouveau-mot",
            "password2": "un-tout-nouveau-mot",
        },
    )
    assert people.is_in(here)
    assert not people.is_in(there)
    page = here.get(reverse("security:devices"))
    assert len(page.context["mine"]) == 1
    assert page.context["others"] == []


def test_signing_out_takes_the_device_off_the_list(person):
    here = browser(person)
    here.post(reverse("account_logout"))
    assert not OpenSession.objects.exists()


def test_most_pages_write_nothing(person, django_assert_num_queries):
    here = browser(person)
    seen = OpenSession.objects.get().seen_at
    people.is_in(here)
    assert OpenSession.objects.get().seen_at == seen
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        sessions.cache.clear()  # the memory's own clock does not travel
        people.is_in(here)
    assert OpenSession.objects.get().seen_at > seen


def test_dead_sessions_are_forgotten(person):
    browser(person)
    kept = browser(person, IPHONE)
    Session.objects.filter(session_key=OpenSession.objects.get(system="Windows").session_key).update(
        expire_date=timezone.now() - timedelta(days=1)
    )
    assert sessions.forget_dead_sessions(by=None) == 1
    assert people.is_in(kept)
    assert Session.objects.count() == 1
