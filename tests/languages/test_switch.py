"""From a page to the same page in the other language; whose language speaks where the address says nothing."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from marketplace.accounts.invitations import create_invitation
from marketplace.accounts.language_choice import choose_language
from marketplace.accounts.models import Membership, User
from marketplace.web import languages
from marketplace.web.errors import NotAllowed
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english_is_offered(monkeypatch):
    """As where the catalogue is compiled; a checkout may not have compiled it yet."""
    monkeypatch.setattr("marketplace.web.site.english_exists", lambda: True)


@pytest.fixture
def anglophone(db):
    return factories.UserFactory(language="en")


def switch(page: str) -> str:
    """The address that the header's link of the other language leads to."""
    found = re.search(r'<a class="tool hide-s" href="([^"]+)" lang="(?:en|fr)-CA" hreflang', page)
    assert found, "the page has no switch"
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("/", "/en/"),
        ("/fournisseurs/", "/en/suppliers/"),
        (
            "/fournisseurs/?region=04&region=05&q=menus%20travaux",
            "/en/suppliers/?region=04&region=05&q=menus%20travaux",
        ),
        ("/fournisseurs/un-fournisseur/", "/en/suppliers/un-fournisseur/"),
        ("/acheteurs/", "/en/buyers/"),
        ("/appels-doffres/", "/en/tenders/"),
        ("/appels-doffres/?statut=tous&page=2", "/en/tenders/?statut=tous&page=2"),
        ("/compte/connexion/", "/en/account/sign-in/"),
        ("/compte/connexion/?next=/mon-espace/", "/en/account/sign-in/?next=/mon-espace/"),
        ("/renseignements-personnels/", "/en/privacy/"),
        ("/accessibilite/", "/en/accessibility/"),
        ("/nulle-part/du-tout/?x=1", "/en/nulle-part/du-tout/?x=1"),
    ],
)
def test_switch_goes_to_the_same_page_and_back(client, french, english):
    factories.SupplierFactory(name="Un fournisseur", slug="un-fournisseur")
    assert switch(client.get(french).content.decode()) == english
    assert switch(client.get(english).content.decode()) == french


def test_switch_keeps_a_token(client):
    supplier = factories.SupplierFactory()
    _invitation, token = create_invitation(
        organisation=supplier.organisation,
        email="invitee@exemple.test",
        role=Membership.Role.EDITOR,
        by=factories.UserFactory(is_superuser=True),
    )
    here = reverse("accounts:invitation", kwargs={"token": token})
    there = switch(client.get(here).content.decode())
    assert there.startswith("/en/")
    assert token in there
    assert client.get(there).status_code == 200


def test_page_says_its_language_in_three_places(client):
    for address, language in (("/", "fr-CA"), ("/en/", "en-CA")):
        response = client.get(address)
        page = response.content.decode()
        assert f'<html lang="{language}">' in page
        assert response["Content-Language"] == language
        alternates = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))
        assert alternates == {
            "fr-CA": f"{settings.SITE_URL}/",
            "en-CA": f"{settings.SITE_URL}/en/",
            "x-default": f"{settings.SITE_URL}/",
        }


def test_choice_is_kept_by_a_cookie(client):
    response = client.post(
        reverse("set_language"), {"language": "en", "next": "/fournisseurs/?region=04"}, follow=False
    )
    assert response["Location"] == "/en/suppliers/?region=04"
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    # what has one address in both languages now speaks English; a French link stays French
    assert client.get("/gestion/login/")["Location"].startswith("/en/account/sign-in/")
    assert client.get("/fournisseurs/")["Content-Language"] == "fr-CA"


def test_choice_is_kept_by_the_account(client, anglophone):
    client.force_login(anglophone)
    page = " ".join(client.get("/en/suppliers/?region=04").content.decode().split())
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    address, wanted = re.search(
        r'action="([^"]+)">.*?name="language" value="fr"><input type="hidden" name="next" value="([^"]+)"',
        page,
    ).groups()
    assert token
    response = client.post(address, {"language": "fr", "next": wanted})
    assert response["Location"] == "/fournisseurs/?region=04"
    anglophone.refresh_from_db()
    assert anglophone.language == "fr"


def test_switch_wants_a_token(anglophone):
    client = Client(enforce_csrf_checks=True)
    client.force_login(anglophone)
    assert client.post("/en/language/", {"language": "fr", "next": "/"}).status_code == 403


@pytest.mark.parametrize("wanted", ["https://ailleurs.test/", "//ailleurs.test/", "javascript:x", "", "\x00"])
def test_switch_leads_to_no_other_site(client, wanted):
    response = client.post("/langue/", {"language": "en", "next": wanted})
    assert response["Location"] == "/en/"


def test_unknown_language_changes_nothing(client, anglophone):
    client.force_login(anglophone)
    response = client.post("/langue/", {"language": "xx", "next": "/acheteurs/"})
    assert response["Location"] == "/acheteurs/"
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies
    anglophone.refresh_from_db()
    assert anglophone.language == "en"


def test_nobody_chooses_for_another(anglophone):
    with pytest.raises(NotAllowed):
        choose_language(user=anglophone, language="fr", by=factories.UserFactory())


def test_back_room_speaks_the_persons_language(client, anglophone):
    admin = factories.UserFactory(is_superuser=True, language="en")
    client.force_login(admin)
    response = client.get("/gestion/", headers={"accept-language": "fr"})
    assert response["Content-Language"] == "en-CA"
    assert '<html lang="en-CA">' in response.content.decode()
    admin.language = "fr"
    admin.save()
    assert (
        '<html lang="fr-CA">' in client.get("/gestion/", headers={"accept-language": "en"}).content.decode()
    )


def test_shared_link_stays_in_its_language(client, anglophone):
    client.force_login(anglophone)
    assert client.get("/fournisseurs/")["Content-Language"] == "fr-CA"
    assert client.get("/en/suppliers/")["Content-Language"] == "en-CA"


@pytest.mark.parametrize(("entrance", "language", "space"), [
    ("/compte/connexion/", "en", "/en/my-space/"),
    ("/en/account/sign-in/", "fr", "/mon-espace/"),
    ("/compte/connexion/?next=/mon-espace/alertes/", "en", "/en/my-space/alerts/"),
    ("/en/account/sign-in/", "en", "/en/my-space/"),
])  # fmt: skip
def test_signing_in_leads_to_the_persons_language(client, entrance, language, space):
    person = User.objects.create_user("quelqu.un@exemple.test", "un mot de passe long", language=language)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    response = client.post(entrance, {"login": person.email, "password": "un mot de passe long"})
    assert response["Location"] == space


def test_api_refuses_in_the_language_asked_for(client):
    french = client.get("/api/v1/suppliers/?page=99")
    english = client.get("/api/v1/suppliers/?page=99", headers={"accept-language": "en"})
    assert (french["Content-Language"], english["Content-Language"]) == ("fr-CA", "en-CA")
    assert french.content != english.content


def test_address_of_another_site_is_left_alone():
    assert languages.in_language("https://exemple.test/rien/", "en") == "https://exemple.test/rien/"
    assert languages.in_language("/gestion/", "en") == "/gestion/"


def test_english_leaves_no_trace_in_the_thread(client):
    client.get("/en/")
    assert translation.get_language() in ("fr", "en")  # Django keeps the last one; each request sets its own
    assert client.get("/")["Content-Language"] == "fr-CA"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("browser", ["fr-CA", "en-CA,en"])
def test_going_out_by_the_back_room_leads_to_a_page_in_the_persons_language(language, browser):
    """Whatever the browser prefers; and so does the door, once nobody is signed in."""
    person = factories.PolePostFactory(user__language=language).user
    person.set_password(factories.PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    client = Client(headers={"accept-language": browser})
    door = client.get("/gestion/", follow=True).redirect_chain[-1][0]
    client.post(door, {"login": person.email, "password": factories.PASSWORD})
    assert client.get("/gestion/")["Content-Language"] == languages.tag(language)
    page = client.post("/gestion/logout/", follow=True)
    assert page["Content-Language"] == languages.tag(language)
    assert page.redirect_chain == [("/" if language == "fr" else "/en/", 302)]
    door = client.get("/gestion/", follow=True)
    assert door["Content-Language"] == languages.tag(language), "the session is over, not the habit"
