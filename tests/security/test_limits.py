"""How often one may ask, and who « one » is."""

import json

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from redis import Redis

from marketplace.api import throttling
from marketplace.web import limits
from tests import factories

MOMENT = "2026-11-23T14:00:05Z"


@limits.limited("essai", per_ip="3/h", per_user="2/m")
def view(request):
    return HttpResponse("fait")


@limits.limited("autre", per_ip="3/h")
def another(request):
    return HttpResponse("fait")


def ask(what=view, *, method="POST", user=None, address="203.0.113.7", **headers):
    request = RequestFactory().generic(method, "/", REMOTE_ADDR=address, headers=headers)
    request.user = user or AnonymousUser()
    return what(request)


def codes(times, **asked):
    return [ask(**asked).status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.9", "203.0.113.7"),  # nobody of ours wrote it
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "1.1.1.1, 198.51.100.9", "198.51.100.9"),  # the first was sent by the client
        (1, "198.51.100.9:4711", "198.51.100.9"),
        (1, "[2001:db8::9]:4711", "2001:db8::9"),
        (1, "2001:db8::9", "2001:db8::9"),
        (1, "::ffff:198.51.100.9", "198.51.100.9"),
        (1, "1.1.1.1, pas une adresse", "203.0.113.7"),
        (1, "", "203.0.113.7"),
        (2, "1.1.1.1, 198.51.100.9, 10.0.0.1", "198.51.100.9"),
        (2, "198.51.100.9", "203.0.113.7"),  # it did not pass by both
    ],
)
def test_client_address_believes_our_own_proxies_only(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7", headers={"X-Forwarded-For": forwarded})
    assert limits.client_address(request) == expected


def test_client_address_of_a_socket_is_nobodys():
    assert limits.client_address(RequestFactory().get("/", REMOTE_ADDR="")) == "0.0.0.0"  # noqa: S104 - compared


@time_machine.travel(MOMENT, tick=False)
def test_limited_lets_through_so_many_and_no_more(valkey):
    assert codes(5) == [200, 200, 200, 429, 429]
    assert codes(1, address="203.0.113.8") == [200]
    assert codes(1, what=another) == [200]


def test_limited_begins_again_with_the_next_hour(valkey):
    with time_machine.travel(MOMENT, tick=False):
        assert codes(4)[-1] == 429
    with time_machine.travel("2026-11-23T15:00:00Z", tick=False):
        assert codes(1) == [200]


@time_machine.travel(MOMENT, tick=False)
def test_limited_counts_no_reading(valkey):
    assert codes(9, method="GET") == [200] * 9


@time_machine.travel(MOMENT, tick=False)
def test_limited_counts_a_person_wherever_they_are(valkey, db):
    person, other = factories.UserFactory(), factories.UserFactory()
    answers = [ask(user=person, address=f"203.0.113.{n}").status_code for n in range(3)]
    assert answers == [200, 200, 429]
    assert ask(user=other, address="203.0.113.9").status_code == 200


@time_machine.travel(MOMENT, tick=False)
def test_limited_takes_an_ipv6_network_as_one(valkey):
    answers = [ask(address=f"2001:db8:1:2::{n}").status_code for n in range(1, 5)]
    assert answers == [200, 200, 200, 429]
    assert ask(address="2001:db8:1:3::1").status_code == 200


@time_machine.travel(MOMENT, tick=False)
def test_limited_is_not_fooled_by_a_forged_header(valkey, settings):
    settings.TRUSTED_PROXIES = 1
    answers = [ask(**{"X-Forwarded-For": f"10.9.8.{n}, 198.51.100.9"}).status_code for n in range(4)]
    assert answers == [200, 200, 200, 429]


@time_machine.travel(MOMENT, tick=False)
def test_limited_stores_no_address(valkey, settings):
    ask(address="203.0.113.77")
    url = settings.CACHES["default"]["LOCATION"]
    keys = Redis.from_url(url).keys(f"{settings.CACHES['default']['KEY_PREFIX']}:*")
    assert keys  # something is counted
    assert not any(b"203.0.113" in key for key in keys)


@time_machine.travel(MOMENT, tick=False)
def test_limited_says_how_long_to_wait_in_the_readers_language(valkey, client, db):
    from django.utils import translation

    codes(3)
    refused = ask()
    assert refused.status_code == 429
    assert refused["Retry-After"] == str(3600 - 5 + 1)
    assert "no-store" in refused["Cache-Control"]
    assert "60 minutes" in refused.content.decode()
    with translation.override("en"):
        assert 'lang="en-CA"' in ask().content.decode()


def test_limited_lets_everyone_through_where_valkey_is_away(no_valkey):
    assert codes(9) == [200] * 9
    cache.set("a", 1)
    assert cache.get("a", "rien") == "rien"
    assert cache.get_or_set("a", lambda: 3) == 3


def test_clear_leaves_what_is_not_the_caches(valkey, settings):
    """Celery's queues lie in the same database."""
    server = Redis.from_url(settings.CACHES["default"]["LOCATION"])
    server.set("file-d-attente", "x", ex=60)
    cache.set("a", 1)
    cache.clear()
    assert server.get("file-d-attente") == b"x"
    assert cache.get("a") is None
    server.delete("file-d-attente")


@pytest.mark.parametrize("text", ["20", "20/x", "0/h", "x/h", "1/2/h"])
def test_a_rate_that_means_nothing_is_refused_at_import(text):
    with pytest.raises(ValueError, match=r".*"):
        limits.limited("x", per_ip=text)


@pytest.mark.django_db
def test_the_api_slows_down_programs(valkey, client, monkeypatch):
    monkeypatch.setattr(throttling, "RATE", limits.Rate(2, 3600))
    url = reverse("api:tenders")
    assert [client.get(url).status_code for _ in range(3)] == [200, 200, 429]
    assert "Retry-After" in (refused := client.get(url))
    assert json.loads(refused.content)["detail"]
    assert client.get(url, REMOTE_ADDR="203.0.113.8").status_code == 200


@pytest.mark.django_db
def test_allauth_counts_the_same_address_and_answers_with_our_page(valkey, client, settings):
    settings.TRUSTED_PROXIES = 1
    url = reverse("account_reset_password")
    answers = [
        client.post(
            url,
            {"email": f"inconnue{n}@exemple.test"},
            headers={"X-Forwarded-For": f"10.9.8.{n}, 198.51.100.9"},
        )
        for n in range(31)
    ]
    assert [answer.status_code for answer in answers] == [302] * 30 + [429]
    assert "Trop de demandes en peu de temps" in answers[-1].content.decode()
    assert "Retry-After" in answers[-1]
    elsewhere = client.post(url, {"email": "x@exemple.test"}, headers={"X-Forwarded-For": "198.51.100.10"})
    assert elsewhere.status_code == 302
