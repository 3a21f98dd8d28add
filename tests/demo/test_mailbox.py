"""The demo's mailbox shows every message as sent; production has no such address."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import NoReverseMatch, clear_url_caches, reverse

from marketplace import urls
from marketplace.demo import mailbox


@pytest.fixture
def demo(settings, tmp_path):
    """The demo's addresses and mail folder, whatever the environment of the tests."""
    settings.DEMO = True
    settings.EMAIL_BACKEND = "marketplace.demo.mailbox.EmlBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    _reload_urls()


@pytest.fixture
def production(settings):
    settings.DEMO = False
    _reload_urls()


@pytest.fixture(autouse=True)
def _urls_as_they_were(settings):
    as_it_was = settings.DEMO
    yield
    settings.DEMO = as_it_was
    _reload_urls()


def _reload_urls() -> None:
    importlib.reload(urls)
    clear_url_caches()


def send(title: str = "Entretien ménager", html: str = "<html><head></head><p>Bonjour</p></html>") -> None:
    message = EmailMultiAlternatives(
        title, "Bonjour, en texte", "Maillage <a@exemple.test>", ["maude@exemple.test"]
    )
    message.attach_alternative(html, "text/html")
    with get_connection() as connection:
        assert connection.send_messages([message]) == 1


def test_backend_leaves_one_whole_file_per_hand_over(demo, settings):
    send()
    send()
    files = sorted(Path(settings.EMAIL_FILE_PATH).iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert len(mailbox.stored_email_names()) == 2
    letter = mailbox.find_stored_email(mailbox.stored_email_names()[0])
    assert (letter.title, letter.to, letter.text.strip()) == (
        "Entretien ménager",
        "maude@exemple.test",
        "Bonjour, en texte",
    )


def test_list_shows_the_newest_first_by_pages(demo, client, db, monkeypatch):
    monkeypatch.setattr("marketplace.demo.views.PAGE_SIZE", 2)
    for number in range(3):
        send(f"Message {number}")
    html = client.get(reverse("demo:mailbox")).content.decode()
    assert html.index("Message 2") < html.index("Message 1")
    assert "Message 0" not in html
    assert "Message 0" in client.get(reverse("demo:mailbox"), {"page": 99999}).content.decode()


def test_list_without_mail_says_how_to_get_some(demo, client, db):
    assert "Aucun courriel" in client.get(reverse("demo:mailbox")).content.decode()


def test_letter_shows_both_parts_and_headers(demo, client, db):
    send()
    [name] = mailbox.stored_email_names()
    html = client.get(reverse("demo:letter", args=[name])).content.decode()
    assert "Bonjour, en texte" in html
    assert "maude@exemple.test" in html
    assert f'src="{reverse("demo:letter_html", args=[name])}"' in html
    assert 'sandbox="' in html
    assert "allow-scripts" not in html
    source = client.get(reverse("demo:letter_source", args=[name]))
    assert b"Bonjour, en texte" in source.content


def test_html_part_keeps_its_styles_but_runs_no_script(demo, client, db):
    send(html="<html><head></head><p style='color:red'>Bonjour</p><script>x()</script></html>")
    [name] = mailbox.stored_email_names()
    response = client.get(reverse("demo:letter_html", args=[name]))
    policy = response["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in client.get(reverse("demo:letter", args=[name]))["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name", ["x", "..", "20261123T063000000000-0000000g", "20261123T063000000000-00000000"]
)
def test_unknown_letter_is_not_found(demo, client, db, name):
    assert client.get(reverse("demo:letter", args=[name])).status_code == 404


def test_production_has_no_mailbox(production, client, db):
    with pytest.raises(NoReverseMatch):
        reverse("demo:mailbox")
    for path in ("/courriels/", "/courriels/20261123T063000000000-00000000/", "/en/courriels/"):
        assert client.get(path).status_code == 404
    assert "/courriels/" not in client.get("/").content.decode()


def test_production_process_has_no_mailbox():
    """The same, in a process that never heard of the demo."""
    probe = "import django; django.setup(); from django.urls import reverse; print(reverse('demo:mailbox'))"
    environment = {**os.environ, "DEMO": "", "DJANGO_SETTINGS_MODULE": "marketplace.settings"}
    result = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=django_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode != 0
    assert "NoReverseMatch" in result.stderr
