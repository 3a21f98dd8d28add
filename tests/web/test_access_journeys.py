"""Journeys of people who use no mouse, or no script: everything within reach, and the focus never lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from marketplace.matching.models import Alert
from tests import factories

from .access import NARROW, WIDE, Inspector, window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What holds the focus, and whether it shows: an outline of two pixels or more, on itself or on the part that it fills.
FOCUSED = """() => { const e = document.activeElement, seen = [e, e.firstElementChild, e.closest('label')];
  return { name: (e.textContent || e.name || e.value || '').trim().slice(0, 60), tag: e.tagName, top: e === document.body,
    shows: seen.some(p => p && getComputedStyle(p).outlineStyle !== 'none' && parseFloat(getComputedStyle(p).outlineWidth) >= 2) } }"""


@pytest.fixture
def inspector(browser, live_server) -> Iterator[Inspector]:
    inspector = window(browser, live_server.url, viewport={"width": WIDE, "height": 900})
    yield inspector
    assert inspector.said == []
    inspector.context.close()


@pytest.fixture
def directory(live_server) -> str:
    for n in range(25):
        factories.SupplierFactory(
            name=f"Atelier {n:02d}",
            legal_form="obnl" if n % 5 else "coop_travail",
            offers=[("Mobilier urbain", "56101600")],
        )
    return live_server.url + "/fournisseurs/"


def tab_to(page: Page, text: str, *, tag: str = "") -> None:
    """Press Tab until the focus is on what says `text`, as somebody without a mouse would."""
    for _ in range(150):
        page.keyboard.press("Tab")
        held = page.evaluate(FOCUSED)
        if text in held["name"] and (not tag or held["tag"] == tag):
            return
    pytest.fail(f"Tab never reaches « {text} »")


@pytest.mark.parametrize("path", ["/", "/fournisseurs/", "/appels-doffres/", "/compte/connexion/"])
def test_focus_shows_on_everything_that_takes_it(path, inspector, directory):
    page = inspector.page
    page.goto(inspector.base + path)
    hidden, reached = [], []
    for _ in range(45):
        page.keyboard.press("Tab")
        held = page.evaluate(FOCUSED)
        if held["top"]:
            break
        reached.append(held["name"])
        if not held["shows"]:
            hidden.append(held)
    assert reached[0] == "Aller au contenu"
    assert len(reached) > 12
    assert hidden == []


def test_keyboard_alone_filters_opens_a_supplier_and_comes_back(inspector, directory):
    page = inspector.page
    page.goto(directory)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skips to the content
    tab_to(page, "Forme juridique", tag="SUMMARY")
    if page.locator("details:has(> summary:has-text('Forme juridique'))").get_attribute("open") is None:
        page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "coop":
            break
    page.keyboard.press("Space")
    expect(page.locator("#resultats h2")).to_contain_text("5 fournisseurs")
    assert page.evaluate("document.activeElement.value") == "coop", "the swap keeps the focus on the box"
    expect(page.locator("#annonce")).to_contain_text("5 fournisseurs")
    tab_to(page, "Atelier 00", tag="A")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Atelier 00")
    page.go_back()
    expect(page.locator("#resultats h2")).to_contain_text("5 fournisseurs")
    assert page.is_checked("input[value=coop]")


def test_next_page_leads_the_focus_to_its_heading_and_says_it(inspector, directory):
    page = inspector.page
    page.goto(directory)
    page.locator("nav.pager a", has_text="Suivante").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**page=2")
    expect(page.locator("h2:focus")).to_contain_text("25 fournisseurs")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement === document.body")


def test_menu_of_the_phone_opens_and_closes_by_keyboard(inspector):
    page = inspector.page
    page.set_viewport_size({"width": NARROW, "height": 800})
    page.goto(inspector.base)
    tab_to(page, "Menu", tag="SUMMARY")
    page.keyboard.press("Enter")
    tab_to(page, "Appels d’offres", tag="A")
    page.keyboard.press("Escape")
    assert not page.is_visible("details.hd-menu nav a")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_nothing_moves_for_who_asked_for_stillness(inspector, directory):
    page = inspector.page
    for path in ("/", "/fournisseurs/"):
        page.goto(inspector.base + path)
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
            " return s.transitionDuration.split(', ').some(d => parseFloat(d) > 0) || s.animationName !== 'none' })"
            ".map(e => e.outerHTML.slice(0, 80))"
        )
        assert moving == []


@pytest.fixture
def scriptless(browser, live_server) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, locale="fr-CA")
    page = context.new_page()
    page.base = live_server.url
    yield page
    context.close()


def test_directory_answers_without_script(scriptless, directory):
    page = scriptless
    page.goto(page.base)
    page.fill("#q", "mobilier")
    page.click("form[role=search] button")
    expect(page.locator("#resultats h2")).to_contain_text("25 fournisseurs")
    page.locator("details:has(> summary:has-text('Forme juridique'))").evaluate("e => e.open = true")
    page.check("input[value=coop]")
    page.click("button:has-text('Voir les fournisseurs')")
    expect(page.locator("#resultats h2")).to_contain_text("5 fournisseurs")
    page.click(".chip:has-text('coopérative')")
    expect(page.locator("#resultats h2")).to_contain_text("25 fournisseurs")
    page.click("nav.pager >> text=Suivante")
    assert "page=2" in page.url
    page.click(".res h3 a >> nth=0")
    expect(page.locator("h1")).to_contain_text("Atelier")


def test_notices_are_read_without_script(scriptless):
    factories.TenderFactory(title="Entretien des plates-bandes")
    factories.TenderFactory(title="Mobilier de parc")
    page = scriptless
    page.goto(page.base + "/appels-doffres/")
    page.fill("#q", "mobilier")
    page.keyboard.press("Enter")
    expect(page.locator("main .res li")).to_have_count(1)
    page.click("main .res h3 a")
    expect(page.locator("h1")).to_have_text("Mobilier de parc")


def test_person_signs_in_sets_an_alert_and_leaves_without_script(scriptless, settings):
    sheet = factories.SupplierFactory(name="Atelier seul")
    person = factories.UserFactory(email="maude@exemple.test")
    person.set_password("une phrase bien longue")
    person.save()
    person.emailaddress_set.update_or_create(email=person.email, defaults={"verified": True, "primary": True})
    factories.MembershipFactory(user=person, organisation=sheet.organisation)
    page = scriptless
    page.goto(page.base + "/mon-espace/alertes/")
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", "une phrase bien longue")
    page.click("main button[type=submit]")
    expect(page.locator("h1")).to_contain_text("alertes")
    page.click("main a:has-text('Demander une alerte')")
    page.check("[name=minimum_fit][value='40']")
    page.check("[name=frequency][value=daily]")
    page.check("[name=consent]")
    page.click("main button:has-text('Enregistrer l’alerte')")
    assert Alert.objects.filter(user=person, supplier=sheet).exists()
    page.set_viewport_size({"width": NARROW, "height": 800})
    page.goto(page.base)
    page.click("details.hd-menu > summary")
    page.click(".hd-menu .pm button:has-text('Me déconnecter')")
    page.goto(page.base + "/mon-espace/")
    assert "/connexion/" in page.url
