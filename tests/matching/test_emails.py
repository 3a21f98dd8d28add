"""The mail of an alert: five lines per notice, the same in HTML and text, signed, stoppable, safe."""

from __future__ import annotations

import re
from datetime import datetime
from html.parser import HTMLParser

import pytest
import time_machine

from marketplace.matching.alerts.verbs import stop_all_path, stop_path
from marketplace.matching.slots import HOME
from marketplace.outbox.mail_server import build_email
from marketplace.outbox.models import Message
from marketplace.territories.models import Pole
from tests.factories import SupplierFactory, TenderFactory
from tests.matching.factories import REASONS, alert_for, alert_mail, member_of, suggestion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_reasons")]

NB = "\u00a0"


class Words(HTMLParser):
    """What a reader sees of an HTML part."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.skipped = 0
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.skipped += tag in ("style", "title") or dict(attrs).get("style", "").startswith("display:none")
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag):
        if self.skipped and tag in ("style", "title", "div"):
            self.skipped -= 1

    def handle_data(self, data):
        if not self.skipped:
            self.seen.append(data)


def visible(html: str) -> str:
    parser = Words()
    parser.feed(html)
    return " ".join(parser.seen)


def words_of(text: str) -> set[str]:
    return set(re.findall(r"\w+|[✓?$]", text))


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=HOME), tick=False):
        yield


@pytest.fixture
def alert(some_pole):
    supplier = SupplierFactory(name="Atelier Les Trois Rives")
    supplier.organisation.pole = some_pole
    supplier.organisation.save()
    return alert_for(supplier)


@pytest.fixture
def some_pole(db) -> Pole:
    return Pole.objects.create(
        code="essai",
        name="Pôle d’essai",
        email="pole@exemple.test",
        phone="8195550188",
        postal_address="1, rue de l’Essai, Shawinigan (Québec) G9N 1A1",
    )


def fitting(alert, **fields):
    closing = datetime(2026, 12, 11, 14, tzinfo=HOME)
    tender = TenderFactory(**{"closes_at": closing, "number": "20168834", **fields})
    return suggestion(alert.supplier, tender)


def written(alert, **fields) -> Message:
    return sole(alert, fitting(alert, **fields))


def sole(alert, suggestion) -> Message:
    message = alert_mail(alert, [suggestion], f"tender:{suggestion.tender_id}")
    assert message
    return message


def test_instant_letter_says_it_in_five_lines(alert, settings):
    settings.SITE_URL = "https://maillage.example"
    text = written(alert).text.replace(NB, " ")
    lines = text.split("\n--\n")[0].strip().splitlines()
    assert lines[0] == "Bonjour Maude, un nouvel avis peut convenir à Atelier Les Trois Rives."
    assert lines[2].startswith(
        "Entretien ménager de deux points de service : https://maillage.example/appels-doffres/ocds-"
    )
    assert lines[3] == "Ville de Shawinigan"
    assert lines[4] == "Clôture le 11 déc. 2026, 14 h, dans 18 jours"
    assert lines[5] == "✓ Même code que votre offre « Entretien ménager »"
    assert lines[6] == "? Montant non publié; votre plafond est de 100 000 $"
    assert lines[7].startswith("Avis 20168834 dans SEAO : https://seao.gouv.qc.ca/")
    assert lines[8].startswith("Pas pour nous : https://maillage.example/pas-pour-nous/")
    assert lines[10].startswith("Voir l’avis : https://maillage.example/appels-doffres/ocds-")
    assert len(lines) == 11


def test_letter_says_the_same_in_html_and_text(alert):
    for message in (
        written(alert),
        alert_mail(alert, [fitting(alert), fitting(alert)], "d"),
    ):
        plain = re.sub(r"https?://\S+", " ", message.text)
        assert words_of(visible(message.html)) - {"Maillage"} == words_of(plain) - {"Maillage"}


def test_letter_title_names_the_notice_and_the_buyer(alert):
    assert written(alert).title == "Entretien ménager de deux points de service, Ville de Shawinigan"
    long = written(alert, title="Entretien " * 50, buyer_name="Ville de " + "Saint-" * 40)
    assert len(long.title) <= 200
    assert "…, Ville de Saint-" in long.title
    assert written(alert, buyer_name="").title == "Entretien ménager de deux points de service"


def test_digest_title_counts(alert):
    one, two = fitting(alert), fitting(alert, title="Déneigement")
    digest = alert_mail(alert, [one, two])
    assert digest.title == "2 nouveaux avis pour Atelier Les Trois Rives"
    assert "Voir les 2 avis" in digest.text


def test_letter_is_signed_by_the_pole_and_stops_in_one_click(alert, settings):
    settings.SITE_URL = "https://maillage.example"
    message = written(alert)
    mail = build_email(message)
    assert message.sender_name == "Maillage, Pôle d’essai"
    assert mail.reply_to == ["pole@exemple.test"]
    for part in (message.text, message.html):
        assert "1, rue de l’Essai, Shawinigan" in part
        assert "https://maillage.example" + stop_path([alert.pk]) in part
        assert "https://maillage.example" + stop_all_path(alert.user) in part
        assert "https://maillage.example/choisir-mes-courriels/" in part
        assert f"23{NB}nov.{NB}2026" in part  # why one receives it
    headers = mail.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"<https://maillage.example{stop_path([alert.pk])}>" in headers["List-Unsubscribe"]
    assert (
        f"<mailto:pole@exemple.test?subject=desabonnement-alerte-{alert.pk}>" in headers["List-Unsubscribe"]
    )


def test_letter_without_a_pole_has_the_platform_address(settings):
    settings.SENDER_POSTAL_ADDRESS = "Maillage, 4200, rue Adam, Montréal"
    alert = alert_for(SupplierFactory(mrc=None))
    assert "4200, rue Adam" in written(alert).text


def test_letter_is_in_the_language_of_its_reader(alert):
    supplier = alert.supplier
    reader = member_of(supplier, language="en")
    message = written(alert_for(supplier, user=reader))
    assert "/en/" in message.text
    assert '<html lang="en-CA">' in message.html
    assert message.headers["Content-Language"] == "en-CA"
    assert "/en/" not in written(alert).text


def test_letter_cannot_carry_markup_of_a_notice(alert):
    message = written(alert, title="Tables <script>x()</script> & bancs", buyer_name='"><img src=x>')
    assert "<script>x()" not in message.html
    assert "<img src=x>" not in message.html
    assert "Tables <script>x()</script> & bancs" in message.text  # nothing is escaped where nothing is run


def test_letter_leaves_out_what_does_not_fit_and_puts_certainty_first(alert):
    missing = {"kind": "area", "verdict": "none", "params": {}}
    fit = fitting(alert)
    fit.reasons = [REASONS[1], missing, REASONS[0]]
    fit.save()
    text = sole(alert, fit).text
    assert text.index("✓ Même code") < text.index("? Montant")
    assert "Hors de votre territoire" not in text


def test_letter_names_nobody_in_its_addresses(alert):
    for address in links_of(written(alert).html):
        assert alert.user.email not in address
        assert "Maude" not in address


def links_of(html: str) -> list[str]:
    parser = Words()
    parser.feed(html)
    return parser.links
