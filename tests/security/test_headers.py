"""What browsers are told; what production asks of the settings; what never reaches a log."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse

from marketplace.accounts.invitations import create_invitation
from marketplace.accounts.models import Membership
from marketplace.web.logs import without_person
from tests import factories
from tests.security import people

PRODUCTION = {
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "SITE_URL": "https://maillage.example",
    "ALLOWED_HOSTS": "maillage.example",
    "TRUSTED_PROXIES": "1",
}


def production(code: str) -> subprocess.CompletedProcess:
    """A Python that starts as a web process of docker-compose.yml does."""
    kept = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL", "PATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, *code.split()] if code.startswith("manage.py") else [sys.executable, "-c", code],
        cwd=site.BASE_DIR,
        env={**kept, **PRODUCTION, "DJANGO_SETTINGS_MODULE": "marketplace.settings"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_deploy_is_clean():
    run = production("manage.py check --deploy --fail-level WARNING")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "no issues" in run.stdout


def test_production_settings_are_strict():
    names = (
        "DEBUG", "DEMO", "REQUIRE_STAFF_MFA", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
        "CSRF_COOKIE_SECURE", "CSRF_COOKIE_SAMESITE", "LANGUAGE_COOKIE_SECURE", "SECURE_HSTS_SECONDS",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT", "TRUSTED_PROXIES", "SECURE_REFERRER_POLICY",
    )  # fmt: skip
    run = production(
        "import json; from django.conf import settings; "
        f"print(json.dumps({{name: getattr(settings, name) for name in {names!r}}}))"
    )
    assert json.loads(run.stdout) == {
        "DEBUG": False,
        "DEMO": False,
        "REQUIRE_STAFF_MFA": True,
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "LANGUAGE_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_SSL_REDIRECT": True,
        "TRUSTED_PROXIES": 1,
        "SECURE_REFERRER_POLICY": "same-origin",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/fournisseurs/", "/compte/connexion/", "/gestion/", "/api/v1/tenders/", "/nulle-part/"]
)
def test_every_answer_carries_the_headers(client, path):
    answer = client.get(path)
    csp = answer["Content-Security-Policy"]
    assert "default-src 'none'" in csp
    assert "unsafe" not in csp
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    # what anybody may read by a program, any site's script may
    readers = "cross-origin" if path.startswith("/api/") else "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == readers
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in csp


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_pages_for_secrets_leave_no_copy(client, name):
    assert "no-store" in client.get(reverse(name))["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/fournisseurs/", "/appels-doffres/", "/mon-espace/"])
def test_a_page_that_names_someone_leaves_no_copy(client, path):
    """Nor behind the back button, once they have signed out."""
    if path != "/mon-espace/":
        assert "no-store" not in client.get(path)["Cache-Control"]
    client.force_login(factories.UserFactory())
    control = client.get(path)["Cache-Control"]
    assert "private" in control
    assert "no-store" in control


FOREIGN = [
    "https://ailleurs.example/",
    "//ailleurs.example/",
    "/\\ailleurs.example",
    "javascript:alert(1)",
    "http:ailleurs",
]


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", FOREIGN)
def test_next_leads_nowhere_else(client, wanted):
    person = people.person()
    for path in (reverse("account_login"), reverse("account_logout")):
        answer = client.post(path, {"login": person.email, "password": factories.PASSWORD, "next": wanted})
        assert answer.status_code == 302
        assert answer.url.startswith("/"), path
        assert "ailleurs" not in answer.url
    client.force_login(person)
    assert "ailleurs" not in client.get(reverse("account_login"), {"next": wanted}).url
    answer = client.post(reverse("set_language"), {"language": "en", "next": wanted})
    assert answer.status_code < 500
    assert "ailleurs" not in answer.get("Location", "")
    admin = client.get("/gestion/login/", {"next": wanted})
    assert "ailleurs.example" not in admin.get("Location", "")


@pytest.mark.django_db
@pytest.mark.parametrize("wanted", ["x", "²", "a\x00b", "?a", "#", "pages:home", "x" * 3000])
def test_next_that_means_nothing_breaks_nothing(client, wanted):
    client.force_login(factories.UserFactory(is_superuser=True))
    assert client.get("/gestion/login/", {"next": wanted}).status_code == 302


@pytest.mark.django_db
def test_logs_hold_no_person_and_no_token(client, caplog):
    caplog.set_level("INFO")
    person = people.person(email="secrete.personne@exemple.test")
    _invitation, token = create_invitation(
        organisation=factories.OrganisationFactory(),
        email="secrete.invitee@exemple.test",
        role=Membership.Role.EDITOR,
        by=None,
    )
    people.sign_in(client, person, "un-mauvais-mot-de-passe")
    people.sign_in(client, person)
    client.get(reverse("accounts:invitation", args=[token]))
    client.get(reverse("account_confirm_email", args=["MTI:secret-key"]))
    client.get("/fournisseurs/", {"q": "secrete.personne@exemple.test"})
    client.get("/nulle-part/secrete.personne@exemple.test")
    assert client.get("/", headers={"host": "secrete.exemple.test"}).status_code == 400
    client.post(reverse("account_reset_password"), {"email": person.email})
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("accounts:invitation", args=[token])).status_code == 403
    logged = caplog.text
    assert "'event': 'request'" in logged  # something was written
    assert "Forbidden" in logged
    for secret in ("secrete", token, "secret-key", "mauvais-mot"):
        assert secret not in logged, secret


def test_a_report_to_sentry_names_nobody():
    event = {
        "request": {"method": "POST", "url": "https://x/compte/invitation/jeton", "data": {"password": "x"}},
        "user": {"email": "secrete@exemple.test"},
        "transaction": "compte/invitation/<str:token>/",
    }
    assert without_person(event, {}) == {
        "request": {"method": "POST"},
        "transaction": "compte/invitation/<str:token>/",
    }


def test_gunicorn_writes_no_access_log():
    """Its lines would hold whole addresses, tokens and query strings included; ours stand in for them."""
    text = (site.BASE_DIR / "Dockerfile").read_text()
    assert "gunicorn" in text
    assert "--access-logfile" not in text
