import pytest
from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from marketplace.pages import error_views
from marketplace.urls import handler400, handler403, handler404, handler500  # noqa: F401  # read by Django
from marketplace.urls import urlpatterns as ours
from tests import factories
from tests.web.clean import assert_clean


def failing(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("une panne")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation


wrong = (path("panne/", failing), path("interdit/", forbidden), path("louche/", suspicious))
urlpatterns = [*i18n_patterns(*wrong, prefix_default_language=False), *ours]
pytestmark = pytest.mark.urls("tests.pages.test_error_views")


@pytest.fixture
def quiet() -> Client:
    """A client that gets the error page, as a browser does."""
    return Client(raise_request_exception=False)


def code_in(response: HttpResponse) -> str:
    shown = response.content.decode().partition('<b class="code">')[2].partition("</b>")[0]
    return shown.replace(" ", "")


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nulle-part/", 404, "Cette page n’existe pas, ou plus"),
        ("/interdit/", 403, "Vous n’avez pas accès à cette page"),
        ("/louche/", 400, "Cette demande n’a pas été comprise"),
        ("/panne/", 500, "Une erreur s’est produite de notre côté"),
        ("/en/nulle-part/", 404, "This page does not exist, or no longer does"),
        ("/en/interdit/", 403, "You do not have access to this page"),
        ("/en/louche/", 400, "This request was not understood"),
        ("/en/panne/", 500, "Something went wrong on our side"),
    ],
)
@pytest.mark.django_db  # what is refused is kept in the security log
def test_error_page_explains_and_gives_the_code_of_the_log(quiet, address, status, words):
    response = quiet.get(address)
    assert response.status_code == status
    assert_clean(response)
    assert words in response.content.decode()
    assert len(code_in(response)) == 12
    if status != 500:
        assert code_in(response) == response["X-Request-ID"]


@pytest.mark.django_db
def test_panne_page_asks_nothing_of_the_database(quiet, django_assert_num_queries):
    quiet.force_login(factories.UserFactory())
    with django_assert_num_queries(0):
        response = quiet.get("/panne/")
    assert response.status_code == 500


def test_panne_page_survives_its_own_failure(quiet, monkeypatch):
    def broken(*args: object) -> str:
        raise RuntimeError

    monkeypatch.setattr(error_views, "render_to_string", broken)
    response = quiet.get("/panne/")
    assert response.status_code == 500
    assert "Une erreur s’est produite" in response.content.decode()
    assert "Something broke" in quiet.get("/en/panne/").content.decode()


@pytest.mark.django_db
def test_forbidden_page_names_the_account_in_use(quiet):
    quiet.force_login(factories.UserFactory(first_name="Maude", last_name="Archambault"))
    response = quiet.get("/interdit/")
    assert_clean(response)
    assert "Maude Archambault" in response.content.decode()


def test_form_that_waited_too_long_is_told_what_to_do(db):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/compte/connexion/", {"login": "a@exemple.test", "password": "x"})
    assert response.status_code == 403
    assert_clean(response)
    assert "Ce formulaire est resté ouvert trop longtemps" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("fr", "Rien n’a été envoyé"), ("en", "Nothing was sent")])
def test_address_of_a_form_says_that_nothing_was_sent(language, words):
    person = factories.PolePostFactory(user__language=language).user
    client = Client()
    client.force_login(person)
    response = client.get("/gestion/outreach/letter/new/", headers={"Accept": "text/html"})
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert words in response.content.decode()
    assert_clean(response)
    assert not client.put("/gestion/outreach/letter/new/").content
