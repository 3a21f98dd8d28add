"""Outside the demo, staff have a second factor before anything of theirs opens."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import PolePost, User
from marketplace.outbox.models import Message
from tests import factories
from tests.security import people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked(settings):
    settings.REQUIRE_STAFF_MFA = True


@pytest.fixture(params=["pole", "platform"])
def staff(request, pole_staff, platform_admin):
    return people.confirmed(pole_staff if request.param == "pole" else platform_admin)


GATE = "/compte/securite/deux-etapes/"


def test_outside_the_demo_it_is_asked_for():
    """The fixture of all tests turns it off, so the setting's own default is what is read here."""
    text = (site.BASE_DIR / "marketplace" / "settings.py").read_text()
    assert 'REQUIRE_STAFF_MFA = env.bool("REQUIRE_STAFF_MFA", default=not DEMO)' in text


@pytest.mark.parametrize(
    "path",
    [
        "/gestion/",
        "/gestion/suppliers/supplier/",
        "/gestion/accounts/user/",
        "/gestion/nulle-part/",
        "/mon-espace/",
        "/fournisseurs/",
        "/en/suppliers/",
    ],
)
def test_staff_without_one_are_led_to_set_it_up(client, staff, path):
    people.sign_in(client, staff)
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.url.endswith(("/deux-etapes/", "/two-steps/")), answer.url
    assert "Activer la vérification" in client.get(GATE).content.decode()


def test_staff_without_one_cannot_act(client, staff):
    supplier = factories.SupplierFactory(slug="secrete", status="draft")
    people.sign_in(client, staff)
    url = reverse("admin:suppliers_supplier_change", args=[supplier.pk])
    assert client.post(url, {"move": "publish"}).url == GATE
    supplier.refresh_from_db()
    assert supplier.status == "draft"


def test_staff_without_one_keep_their_account_and_the_way_out(client, staff):
    people.sign_in(client, staff)
    for name in (
        "security:overview",
        "security:devices",
        "mfa_index",
        "account_email",
        "pages:privacy",
        "pages:contact",
    ):
        assert client.get(reverse(name)).status_code == 200, name
    assert client.post(reverse("account_logout")).status_code == 302


def test_staff_with_one_come_in(client, staff):
    people.give_second_factor(staff)
    people.sign_in(client, staff)
    assert client.get("/gestion/").status_code == 302  # the password alone is no way in
    people.give_code(client, people.code())
    assert client.get("/gestion/").status_code == 200


def test_setting_it_up_leads_on_to_where_one_was_going(client, staff):
    people.sign_in(client, staff)
    client.get("/gestion/suppliers/supplier/?q=pain")
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    codes = client.post(reverse("mfa_activate_totp"), {"code": people.code(secret)}, follow=True)
    assert reverse("security:go_on") in codes.content.decode()
    assert client.get(reverse("security:go_on")).url == "/gestion/suppliers/supplier/?q=pain"
    assert client.get("/gestion/").status_code == 200


def test_losing_it_closes_the_door_again(client, staff):
    people.give_second_factor(staff)
    people.sign_in(client, staff)
    people.give_code(client, people.code())
    assert client.get("/gestion/").status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert client.get("/gestion/").url == GATE


def test_someone_who_becomes_staff_is_asked_at_the_next_page(client, mauricie):
    someone = people.person()
    people.sign_in(client, someone)
    assert client.get("/mon-espace/").status_code == 200
    PolePost.objects.create(user=someone, pole=mauricie)
    assert client.get("/mon-espace/").url == GATE


@pytest.mark.parametrize("path", ["/", "/mon-espace/", "/fournisseurs/"])
def test_others_are_not_asked(client, path):
    people.sign_in(client, people.person())
    assert client.get(path).status_code == 200


def test_passers_by_are_not_asked(client):
    assert client.get("/fournisseurs/").status_code == 200
    assert client.get("/gestion/").status_code == 302


def test_a_programme_is_told_so(client, staff):
    """The API knows no one, and says no more to staff than to anybody."""
    people.sign_in(client, staff)
    assert client.get(reverse("api:tenders")).status_code in (200, 403)


def test_the_gate_asks_the_database_once(client, staff, django_assert_max_num_queries):
    people.give_second_factor(staff)
    people.sign_in(client, staff)
    people.give_code(client, people.code())
    client.get("/mon-espace/")
    with django_assert_max_num_queries(11) as asked:
        client.get("/mon-espace/")
    assert not any("mfa_authenticator" in query["sql"] for query in asked.captured_queries)


def test_a_new_member_of_staff_goes_the_whole_way(client, platform_admin, mauricie):
    """Added in the back room without a password; chooses one by mail; confirms; sets the second factor up; enters."""
    people.confirmed(platform_admin)
    new = User.objects.create(email="nouvelle@exemple.test", first_name="Nouvelle")
    new.set_unusable_password()
    new.save()
    PolePost.objects.create(user=new, pole=mauricie)
    client.post(reverse("account_reset_password"), {"email": new.email})
    link = re.search(r"https?://[^/]+(/compte/mot-de-passe/nouveau/\S+)", Message.objects.latest("pk").text)[
        1
    ]
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": factories.PASSWORD, "password2": factories.PASSWORD})
    people.sign_in(client, new)
    if not EmailAddress.objects.filter(user=new, verified=True).exists():
        text = Message.objects.filter(kind__startswith="account.email_confirmation").latest("pk").text
        confirm = re.search(r"https?://[^/]+(/compte/courriel/confirmer/[^?\s]+)", text)[1]
        client.post(confirm)
        people.sign_in(client, new)
    assert client.get("/gestion/").url == GATE
    secret = client.get(reverse("mfa_activate_totp"), follow=True).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": people.code(secret)})
    assert client.get("/gestion/").status_code == 200


def test_a_stolen_password_opens_nothing_of_staff(staff):
    people.give_second_factor(staff)
    thief = Client()
    people.sign_in(thief, staff)
    assert thief.get("/gestion/", follow=True).redirect_chain[-1][0] == reverse("mfa_authenticate")
