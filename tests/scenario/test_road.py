"""The whole road with real parts: PostgreSQL, Valkey, a worker process, a mail server and a browser."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from marketplace.outbox.models import Message
from suppliers.models import Supplier
from tests import factories

from .postman import Postman, body
from .workers import Worker

NAME = "Coopérative Zéphirine d’entretien"
MEMBER = "maude.archambault@exemple.test"
REGISTRY = (
    "NEQ,NomEntreprise,Adresse,Municipalite,Adresse_Lign3,CodePostal,SecteurActivite,FormeJuridique,lat,long\n"
    f"1198765432,{NAME},12 rue des Cèdres,Shawinigan (Québec),,G9N1A1,ENTRETIEN MÉNAGER DE BUREAUX,COP,46.56,-72.74\n"
)


def notice(number: int, title: str) -> dict[str, object]:
    """An open release in SEAO's dialect, in Shawinigan."""
    now = timezone.now()
    party = {"id": "OP-900001", "name": "Ville de Shawinigan"}
    return {
        "ocid": f"ocds-ec9k95-{number}",
        "id": now.strftime("%Y%m%d%H%M%S"),
        "date": now.isoformat(),
        "tag": ["tender"],
        "parties": [{**party, "roles": ["buyer"], "details": {"municipal": "1"}}],
        "buyer": party,
        "tender": {
            "id": f"VS-{number}",
            "title": title,
            "status": "active",
            "items": [{"id": "S14", "classification": {"scheme": "UNSPSC", "id": "76111500"}}],
            "procurementMethod": "open",
            "mainProcurementCategory": "services",
            "tenderPeriod": {"startDate": now.isoformat(), "endDate": (now + timedelta(days=20)).isoformat()},
            "documents": [{"url": "https://seao.gouv.qc.ca/avis-resultat-recherche/consulter?ItemId=x"}],
        },
    }


def import_notice(folder: Path, release: dict[str, object]) -> None:
    path = folder / f"{release['ocid']}.json"
    path.write_text(json.dumps({"version": "1.1", "releases": [release]}), encoding="utf-8")
    call_command("import_tenders", str(path), "--json")


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/compte/connexion/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", factories.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/mon-espace/|/gestion/"))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_road_from_registry_to_one_mail_and_silence(
    live_server, worker: Worker, postman: Postman, browser: Browser, tmp_path: Path
) -> None:
    site = live_server.url
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    foreign = factories.PolePostFactory(pole=factories.pole("laval")).user
    EmailAddress.objects.create(user=staff, email=staff.email, primary=True, verified=True)
    worker.start()

    # The pôle imports its registry extract: a prospect that nobody else knows of.
    registry = tmp_path / "registre.csv"
    registry.write_text(REGISTRY, encoding="utf-8")
    call_command("import_suppliers", str(registry), "--mapping", "req", "--pole", "mauricie", "--json")
    supplier = Supplier.objects.get(organisation__neq="1198765432")
    assert supplier.status == "prospect"

    publish_and_invite(browser.new_page(), site, staff.email, supplier)
    assert_invisible_in_the_back_room(foreign, supplier)
    assert_found_by_buyers(browser.new_page(), site)

    member = browser.new_page()
    invitation = postman.wait_for(MEMBER)[0]
    accept_and_set_instant_alert(member, site, body(invitation))

    # A notice that fits arrives; the worker dies before the mail server has answered.
    postman.letters.clear()
    postman.holding.set()
    import_notice(tmp_path, notice(91000001, "Entretien ménager de l’hôtel de ville, Shawinigan"))
    assert postman.held.wait(90), f"nobody came to hand over\n{worker.log()}"
    worker.kill()
    postman.holding.clear()
    assert not postman.letters
    Message.objects.filter(status="sending").update(
        leased_until=timezone.now(), next_attempt_at=timezone.now()
    )
    worker.start()
    (letter,) = postman.wait_for(MEMBER, seconds=90)
    assert_explains_in_french(letter, site)

    # Nothing comes twice, whatever the sweep does.
    member.wait_for_timeout(4000)
    assert len(postman.to(MEMBER)) == 1

    # One click, without signing in, and the next notice stays silent.
    stranger = browser.new_context().new_page()
    stranger.goto(unsubscribe_address(letter))
    stranger.click("main form button[type=submit]")
    import_notice(tmp_path, notice(91000002, "Entretien ménager de la bibliothèque, Shawinigan"))
    wait_until_quiet(stranger)
    assert len(postman.to(MEMBER)) == 1


def publish_and_invite(page: Page, site: str, email: str, supplier: Supplier) -> None:
    sign_in(page, site, email)
    page.goto(f"{site}/gestion/suppliers/supplier/?q=zephirine")
    page.click(f"text={NAME}")
    page.click("button[name=move][value=take_up]")
    page.click("button[name=move][value=publish]")
    expect(page.locator(".sheet-state")).to_contain_text("Publiée", ignore_case=True)
    page.fill("#invite-email", MEMBER)
    page.click("button:has-text('Inviter')")
    expect(page.locator("main")).to_contain_text(MEMBER)
    supplier.refresh_from_db()
    assert supplier.status == "published"


def assert_invisible_in_the_back_room(foreign, supplier: Supplier) -> None:
    """Lists, search, autocomplete, choices, history, the sheet itself: staff of another pôle find no trace."""
    client = Client()
    client.force_login(foreign)
    base = "/gestion/suppliers/supplier/"
    addresses = [
        "/gestion/",
        base,
        f"{base}?q=zephirine",
        f"{base}?status=published",
        f"{base}file/",
        f"{base}{supplier.pk}/change/",
        f"{base}{supplier.pk}/history/",
        f"/gestion/accounts/organisation/{supplier.organisation_id}/change/",
        "/gestion/accounts/organisation/?q=zephirine",
        "/gestion/autocomplete/?app_label=suppliers&model_name=offer&field_name=supplier&term=zephirine",
        "/gestion/accounts/invitation/",
        "/mon-espace/",
    ]
    for address in addresses:
        response = client.get(address, follow=True)
        assert "phirine" not in response.content.decode().replace("q=zephirine", "").replace(
            'value="zephirine"', ""
        ), address


def assert_found_by_buyers(page: Page, site: str) -> None:
    for text in ("entretien menager", "entretein menagre"):
        page.goto(f"{site}/fournisseurs/?q={text.replace(' ', '+')}")
        expect(page.locator("main")).to_contain_text(NAME)


def accept_and_set_instant_alert(page: Page, site: str, invitation: str) -> None:
    address = re.search(rf"{re.escape(site)}/compte/invitation/\S+", invitation)
    assert address, invitation
    page.goto(address[0])
    page.fill("input[name=first_name]", "Maude")
    page.fill("input[name=last_name]", "Archambault")
    page.fill("input[name=password]", factories.PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile("/mon-espace/"))
    page.goto(f"{site}/mon-espace/alertes/")
    page.get_by_role("link", name="Demander une alerte").click()
    page.check("input[name=frequency][value=instant]")
    page.check("input[name=consent]")
    page.click("main form button[name=save]")
    expect(page.locator("main")).to_contain_text("Dès qu’un avis paraît")


def assert_explains_in_french(letter, site: str) -> None:
    plain, html = body(letter), body(letter, "html")
    assert "Entretien ménager de l’hôtel de ville" in str(letter["Subject"])
    for text in (plain, html):
        assert "Entretien ménager de l’hôtel de ville" in text
        assert f"{site}/appels-doffres/ocds-ec9k95-91000001/" in text
        assert "Clôture le" in text
    assert "✓" in plain
    assert "Pas pour nous" in plain
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Message-ID"]


def unsubscribe_address(letter) -> str:
    address = re.search(r"<(https?://[^>]+)>", str(letter["List-Unsubscribe"]))
    assert address
    return address[1]


def wait_until_quiet(page: Page) -> None:
    """Until every event was handled and no mail waits: then nothing more will come."""
    from marketplace.outbox.models import Delivery

    for _ in range(120):
        if not Delivery.objects.exclude(status="done").exists():
            return
        page.wait_for_timeout(500)
    raise AssertionError("events are still waiting")
