"""Two steps to enter: set up, asked for, replaced by a recovery code, taken away."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.accounts.security import second_factor
from marketplace.accounts.security.models import SecondFactor
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from tests import factories
from tests.security import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return people.person()


def mails(user):
    return list(Message.objects.filter(address=user.email).order_by("pk").values_list("kind", flat=True))


def set_up(client, user):
    """Through the pages; the recovery codes that they show."""
    people.sign_in(client, user)
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200, "asked again right after signing in"
    secret = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": people.code(secret)})
    assert done.url == reverse("mfa_view_recovery_codes")
    shown = client.get(done.url).content.decode()
    return secret, re.findall(r"<li>(\d{4}) (\d{4})</li>", shown)


def test_second_factor_is_set_up_with_a_drawing_and_codes(client, person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        _secret, codes = set_up(client, person)
    assert people.kinds(person) == {"totp", "recovery_codes"}
    assert len(codes) == 10
    assert "account.totp_activated" in mails(person)


def test_second_factor_is_not_set_up_with_a_wrong_code(client, person):
    people.sign_in(client, person)
    client.get(reverse("mfa_activate_totp"))
    answer = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "Ce code n’est pas le bon" in answer.content.decode()
    assert not people.kinds(person)


def test_second_factor_is_asked_after_the_password(client, person):
    people.give_second_factor(person)
    assert people.sign_in(client, person).url == reverse("mfa_authenticate")
    assert not people.is_in(client)
    assert "n’est pas le bon" in people.give_code(client, "000000").content.decode()
    assert not people.is_in(client)
    assert people.give_code(client, people.code()).status_code == 302
    assert people.is_in(client)


def test_second_factor_is_asked_where_one_was_going(client, person):
    people.give_second_factor(person)
    wanted = reverse("security:devices")
    client.post(
        reverse("account_login") + f"?next={wanted}",
        {"login": person.email, "password": factories.PASSWORD, "next": wanted},
    )
    assert people.give_code(client, people.code()).url == wanted


def test_a_code_serves_once(person):
    people.give_second_factor(person)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        seen = people.code()
        for seconds, lets_in in ((0, True), (20, False), (25, False)):
            clock.shift(seconds)
            client = Client()
            people.sign_in(client, person)
            people.give_code(client, seen)
            assert people.is_in(client) is lets_in, seconds


@pytest.mark.parametrize(("later", "lets_in"), [(-30, True), (30, True), (-90, False), (90, False)])
def test_a_telephone_may_be_half_a_minute_wrong(client, person, later, lets_in):
    people.give_second_factor(person)
    people.sign_in(client, person)
    people.give_code(client, people.code(later=later))
    assert people.is_in(client) is lets_in


def test_a_recovery_code_serves_once(person):
    first, second, *_rest = people.give_second_factor(person)
    for given, lets_in in ((first, True), (first, False), (second, True)):
        client = Client()
        people.sign_in(client, person)
        people.give_code(client, given)
        assert people.is_in(client) is lets_in


def test_guessing_codes_ends_soon(client, person):
    people.give_second_factor(person)
    people.sign_in(client, person)
    for guess in range(5):
        people.give_code(client, f"00000{guess}")
    assert "Trop d’essais" in people.give_code(client, people.code()).content.decode()
    assert not people.is_in(client)


def test_another_way_in_does_not_go_round_the_code(client, person):
    """A new password, chosen by the mailed link, is one factor still."""
    people.give_second_factor(person)
    client.post(reverse("account_reset_password"), {"email": person.email})
    text = Message.objects.get(kind="account.password_reset_key").text
    link = re.search(r"https?://[^/]+(/compte/mot-de-passe/nouveau/\S+)", text)[1]
    page = client.get(link, follow=True)
    client.post(
        page.request["PATH_INFO"], {"password1": "un-tout-nouveau-mot", "password2": "un-tout-nouveau-mot"}
    )
    assert not people.is_in(client)
    people.sign_in(client, person, "un-tout-nouveau-mot")
    assert not people.is_in(client)
    people.give_code(client, people.code())
    assert people.is_in(client)


def test_secrets_are_not_readable_in_the_database(person, settings):
    people.give_second_factor(person)
    kept = [str(data) for data in Authenticator.objects.values_list("data", flat=True)]
    assert len(kept) == 2
    assert not any(people.SECRET in text for text in kept)


def test_another_secret_key_opens_nothing_and_breaks_nothing(client, person, settings):
    people.give_second_factor(person)
    settings.SECRET_KEY = "une toute autre clé que celle du premier jour"
    people.sign_in(client, person)
    answer = people.give_code(client, people.code())
    assert "n’est pas le bon" in answer.content.decode()
    settings.SECRET_KEY_FALLBACKS = []


def test_a_former_secret_key_still_opens(client, person, settings):
    people.give_second_factor(person)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "la nouvelle clé, depuis ce matin"
    people.sign_in(client, person)
    people.give_code(client, people.code())
    assert people.is_in(client)


def test_taking_it_away_asks_who_one_is(client, person):
    people.give_second_factor(person)
    client.force_login(person)
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert people.kinds(person) == {"totp", "recovery_codes"}


def test_taking_it_away_takes_the_codes_along_and_tells(client, person):
    people.give_second_factor(person)
    people.sign_in(client, person)
    people.give_code(client, people.code())
    client.post(reverse("mfa_deactivate_totp"))
    assert not people.kinds(person)
    assert "account.totp_deactivated" in mails(person)


def test_new_recovery_codes_replace_the_old(client, person, django_capture_on_commit_callbacks):
    old = people.give_second_factor(person)
    people.sign_in(client, person)
    people.give_code(client, people.code())
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))
    page = client.get(reverse("mfa_view_recovery_codes"))
    assert not set(page.context["unused_codes"]) & set(old)
    assert "account.recovery_codes_generated" in mails(person)
    assert "no-store" in page["Cache-Control"]
    text = client.get(reverse("mfa_download_recovery_codes"))
    assert "attachment" in text["Content-Disposition"]
    assert len(re.findall(r"^\d{4} \d{4}$", text.content.decode(), re.MULTILINE)) == 10


def test_setting_it_up_signs_the_other_devices_out(person, django_capture_on_commit_callbacks):
    elsewhere, here = Client(), Client()
    people.sign_in(elsewhere, person)
    assert people.is_in(elsewhere)
    with django_capture_on_commit_callbacks(execute=True):
        set_up(here, person)
    assert people.is_in(here)
    assert not people.is_in(elsewhere)


def test_reset_takes_it_away_signs_out_and_tells(client, person, platform_admin):
    people.give_second_factor(person)
    people.sign_in(client, person)
    people.give_code(client, people.code())
    second_factor.reset_second_factor(user=person, by=platform_admin)
    assert not people.kinds(person)
    assert not people.is_in(client)
    assert mails(person)[-1] == "account.second_factor_reset"


def test_reset_is_for_platform_admins(person, pole_staff):
    people.give_second_factor(person)
    for by in (pole_staff, person):
        with pytest.raises(NotAllowed):
            second_factor.reset_second_factor(user=person, by=by)
    assert people.kinds(person)


def test_reset_of_nothing_says_so(person, platform_admin):
    with pytest.raises(WrongMove):
        second_factor.reset_second_factor(user=person, by=platform_admin)


def test_the_admin_page_confirms_then_acts_and_keeps_who_did_it(client, person, platform_admin):
    people.give_second_factor(person)
    client.force_login(platform_admin)
    url = reverse("security_admin:second_factor", args=[person.pk])
    assert url in client.get(reverse("admin:accounts_user_change", args=[person.pk])).content.decode()
    assert person.email in client.get(url).content.decode()
    assert people.kinds(person), "reading acts on nothing"
    client.post(url)
    assert not people.kinds(person)
    history = client.get(reverse("admin:accounts_user_history", args=[person.pk])).content.decode()
    assert str(platform_admin) in history


def test_the_admin_page_is_not_there_for_staff_of_a_pole(client, person, pole_staff):
    people.give_second_factor(person)
    client.force_login(pole_staff)
    answer = client.post(reverse("security_admin:second_factor", args=[person.pk]))
    assert answer.status_code == 404
    assert people.kinds(person)


def test_export_names_it_without_its_secret_and_erasing_leaves_no_trace(client, person):
    people.give_second_factor(person)
    people.sign_in(client, person)
    people.give_code(client, people.code())
    told = export_personal_data(person)["security"]
    assert {factor["kind"] for factor in told["second_factors"]} == {"totp", "recovery_codes"}
    assert len(told["sessions"]) == 1
    assert "secret" not in str(told)
    events = set(SecondFactor.pgh_event_models.values())
    assert any(model.objects.filter(user_id=person.pk).exists() for model in events)
    pk = person.pk
    erase_personal_data(user=person, by=person)
    assert not any(model.objects.filter(user_id=pk).exists() for model in events)
    assert not Authenticator.objects.filter(user_id=pk).exists()
    assert not people.is_in(client)
