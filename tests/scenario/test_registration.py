"""An enterprise registers by itself: account, steps, a question from the pôle, publication; once without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Browser, Page, expect

from suppliers.models import CriterionAnswer, EvidenceFile, Supplier
from tests import factories
from tests.suppliers.registration.builders import paper

from .people import sign_in
from .postman import Postman, body
from .workers import Worker

NEQ = "1167403218"
NAME = "Les Ateliers Zéphirins"
EMAIL = "maude.archambault@exemple.test"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_enterprise_registers_answers_the_pole_and_is_published(
    live_server,
    worker: Worker,
    postman: Postman,
    browser: Browser,
    tmp_path: Path,
) -> None:
    site = live_server.url
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    EmailAddress.objects.create(user=staff, email=staff.email, primary=True, verified=True)
    factories.SupplierFactory(name="Mobilier Untel", offers=[("Mobilier de bureau en bois", "56101700")])
    worker.start()
    document = tmp_path / "reglements.pdf"
    document.write_bytes(paper().read())

    page = browser.new_page()
    sign_up_from_the_neq(page, site, postman)
    fill_in(page, document, with_script=True)
    page.click("text=Voir l’aperçu")
    expect(page.locator("main")).to_contain_text("voici la page qu’un acheteur lira")
    expect(page.locator("main")).to_contain_text("Mobilier de bureau")
    page.click("text=Continuer vers l’envoi")
    expect(page.locator("main")).to_contain_text("3 critères n’ont pas encore de pièce")
    page.check("input[name=declared]")
    page.click("text=Envoyer au pôle")
    expect(page.locator("main")).to_contain_text("Votre fiche est chez le pôle")
    supplier = Supplier.objects.get(registration__claimed_neq=NEQ)
    assert supplier.status == "submitted"

    desk = browser.new_page()
    sign_in(desk, site, staff.email)
    ask_for_more(desk, site, supplier)
    letter = postman.wait_for(EMAIL, 3)[-1]
    assert "Il manque la clause de dissolution." in body(letter)
    assert "6. Reliquat à un organisme semblable" in body(letter, "html")

    complete(page, site, document)
    publish(desk, site, supplier)
    letter = postman.wait_for(EMAIL, 5)[-1]
    assert "votre fiche est publiée" in str(letter["Subject"]).replace("\u00a0", " ")
    visitor = browser.new_context().new_page()
    visitor.goto(f"{site}/fournisseurs/?q=zephirins")
    expect(visitor.locator("main")).to_contain_text(NAME)
    evidence = EvidenceFile.objects.filter(supplier=supplier).first()
    assert evidence is not None
    assert visitor.goto(f"{site}/fournisseurs/inscription/pieces/{evidence.file_id}/").status == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_registration_needs_no_javascript(live_server, browser: Browser, tmp_path: Path) -> None:
    site = live_server.url
    person = factories.UserFactory()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    factories.SupplierFactory(name="Mobilier Untel", offers=[("Mobilier de bureau en bois", "56101700")])
    document = tmp_path / "reglements.pdf"
    document.write_bytes(paper().read())
    page = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}).new_page()
    sign_in(page, site, person.email)
    page.goto(f"{site}/fournisseurs/inscription/")
    page.fill("input[name=neq]", "117 204 588")
    page.click("main form button:text-is('Continuer')")
    expect(page.locator("main")).to_contain_text("Il y a 9 chiffres; il en faut dix.")
    page.fill("input[name=neq]", NEQ)
    page.click("main form button:text-is('Continuer')")
    page.click("text=Commencer l’inscription")
    fill_in(page, document, with_script=False)
    supplier = Supplier.objects.get(registration__claimed_neq=NEQ)
    page.goto(f"{site}/fournisseurs/inscription/{supplier.pk}/envoi/")
    page.check("input[name=declared]")
    page.click("text=Envoyer au pôle")
    expect(page.locator("main")).to_contain_text("Votre fiche est chez le pôle")


def sign_up_from_the_neq(page: Page, site: str, post: Postman) -> None:
    """A visitor writes the NEQ, makes an account, confirms the address by mail, and is back at the NEQ."""
    page.goto(f"{site}/fournisseurs/inscription/")
    page.fill("input[name=neq]", "1167 403 218")
    page.click("main form button:text-is('Continuer')")
    page.click("text=Créer un compte")
    page.fill("input[name=first_name]", "Maude")
    page.fill("input[name=last_name]", "Archambault")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password1]", factories.PASSWORD)
    page.click("main form button[type=submit]")
    (letter,) = post.wait_for(EMAIL)
    address = re.search(rf"{re.escape(site)}/\S*courriel/confirmer/\S+", body(letter))
    assert address, body(letter)
    page.goto(address[0])
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    if "/connexion/" in page.url:
        page.fill("input[name=login]", EMAIL)
        page.fill("input[name=password]", factories.PASSWORD)
        page.click("main form button[type=submit]")
        page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("Commencer l’inscription")
    page.click("text=Commencer l’inscription")


def fill_in(page: Page, document: Path, *, with_script: bool) -> None:
    """The steps, as a person fills them in; three criteria come with a document."""
    page.fill("input[name=name]", NAME)
    page.check("input[name=legal_form][value=obnl]")
    page.fill("input[name=town]", "Shawinigan")
    page.fill("input[name=email]", "ventes@zephirins.test")
    page.click("text=Enregistrer et continuer")
    page.fill("textarea[name=activity]", "Mobilier en bois récupéré.")
    page.select_option("select[name=sector]", "31")
    page.click("text=Enregistrer et continuer")
    page.click("text=Ajouter une offre")
    if with_script:
        page.locator("input[name=title]").press_sequentially("Mobilier de bureau", delay=20)
    else:
        page.fill("input[name=title]", "Mobilier de bureau")
        page.click("text=Trouver les codes")
    page.check("input[name=codes][value='56101700']")
    page.check("input[name=kind][value=good]")
    page.click("button.btn:has-text('Enregistrer l’offre')")
    expect(page.locator("main")).to_contain_text("56101700")
    page.click("text=Enregistrer et continuer")
    page.click("text=Répondre au critère 1")
    for number in range(1, 7):
        page.fill("textarea[name=text]", f"Réponse au critère {number}.")
        if number <= 3:
            page.set_input_files("input[name=file]", str(document))
        page.click("text=Enregistrer et continuer")
    expect(page.locator("main")).to_contain_text("Répondu")
    assert CriterionAnswer.objects.exclude(text="").count() == 6


def ask_for_more(desk: Page, site: str, supplier: Supplier) -> None:
    """The pôle finds five criteria proved and asks about the sixth."""
    desk.goto(f"{site}/gestion/suppliers/supplier/{supplier.pk}/change/")
    expect(desk.locator("main")).to_contain_text("0 critère sur 6")
    find(desk, {**dict.fromkeys(range(1, 6), "proved"), 6: "incomplete"}, note="La clause de dissolution.")
    expect(desk.locator("#criteres")).to_contain_text("5 prouvés")
    desk.fill("textarea[name=decision-message]", "Il manque la clause de dissolution.")
    desk.click("button[value=return_with_message]")
    expect(desk.locator(".sheet-state")).to_contain_text("Brouillon")


def complete(page: Page, site: str, document: Path) -> None:
    page.goto(f"{site}/mon-espace/")
    page.click("text=Compléter la fiche")
    expect(page.locator("main")).to_contain_text("La clause de dissolution.")
    page.click("main h3 a:has-text('Reliquat')")
    page.fill("textarea[name=text]", "L’article 9 remet les biens à un organisme semblable.")
    page.set_input_files("input[name=file]", str(document))
    page.click("text=Enregistrer et continuer")
    page.click("text=Voir l’aperçu")
    page.click("text=Continuer vers l’envoi")
    page.check("input[name=declared]")
    page.click("text=Envoyer au pôle")
    expect(page.locator("main")).to_contain_text("Votre fiche est chez le pôle")


def publish(desk: Page, site: str, supplier: Supplier) -> None:
    desk.goto(f"{site}/gestion/suppliers/supplier/{supplier.pk}/change/")
    find(desk, {6: "proved"})
    desk.click("button[value=publish]")
    expect(desk.locator(".sheet-state")).to_contain_text("Publiée")


def find(desk: Page, states: dict[int, str], note: str = "") -> None:
    for number, state in states.items():
        criterion = desk.locator(f"details.cri:has([name=c{number}-state])")
        if criterion.get_attribute("open") is None:
            criterion.locator("summary").click()
        criterion.locator(f"input[value={state}]").check(force=True)
        if state != "proved":
            criterion.locator("textarea").fill(note)
        else:
            with_document = number in (1, 2, 3, 6)
            criterion.locator("select").select_option("document" if with_document else "call")
    desk.click("text=Enregistrer les constats")
