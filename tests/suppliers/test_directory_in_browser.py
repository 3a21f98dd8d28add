"""The directory in a real browser: boxes swap the answers and nothing jumps; without script the same forms work."""

import pytest
from playwright.sync_api import Page, expect

from tests.factories import ContactFactory, SupplierFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = [320, 390, 760, 900, 1160, 1280]
# Targets under 44 pixels; links inside a sentence are excepted, and so is the box inside a large label, and a map's marker:
# the table beside it has the same links.
SMALL = """() => [...document.querySelectorAll('main a,main button,main input,main select,main summary')].filter(e => {
  const box = e.getBoundingClientRect();
  const inSentence = e.tagName.toUpperCase() === 'A' && e.closest('p,dd,.note,li,svg');
  return box.width && box.height < 43.5 && !inSentence && !e.closest('label') && !e.closest('.crumbs');
}).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 700})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    assert page.complaints == []
    context.close()


@pytest.fixture
def address(live_server):
    for n in range(24):
        SupplierFactory(
            name=f"Atelier {n:02d}",
            activity="",
            legal_form="obnl" if n % 2 else "coop_travail",
            offers=[("Mobilier urbain", "56101600")],
            serves=["R04"] if n % 3 else [],
        )
    return live_server.url + "/fournisseurs/"


def results(page: Page) -> str:
    return page.inner_text("#resultats h2")


def test_box_swaps_the_answers_and_moves_nothing(page, address):
    page.goto(address)
    page.click("summary:has-text('MRC du siège')")
    page.get_by_label("Trouver dans cette liste").nth(2).fill(
        "trois"
    )  # certifications, regions, MRCs, sectors
    assert page.is_visible("#n-mrc-371")
    assert not page.is_visible("#n-mrc-36")
    box = page.locator("input[value=obnl]")
    box.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    box.focus()
    page.keyboard.press("Space")
    expect(page.locator("#resultats h2")).to_have_text("12 fournisseurs répondent à ces critères")
    assert page.url == address + "?forme=obnl"
    assert page.evaluate("document.activeElement.value") == "obnl"
    assert page.evaluate("scrollY") == before
    assert page.locator("details:has(> summary:has-text('MRC du siège'))").get_attribute("open") is not None
    assert page.inner_text("#n-mrc-371") == "12"
    assert page.inner_text("#n-forme-coop") == "12"
    assert page.inner_text("#annonce") == "12 fournisseurs répondent à ces critères"
    page.click("a.chip")  # what one removes leaves the focus on what stands there next, and unticks its box
    expect(page.locator("#resultats h2")).to_have_text("24 fournisseurs au répertoire")
    assert not box.is_checked()
    assert page.evaluate("document.activeElement.id") == "actifs"


def test_back_brings_back_answers_and_boxes(page, address):
    page.goto(address)
    page.check("input[value=obnl]")
    expect(page.locator("#resultats h2")).to_contain_text("12 fournisseurs")
    page.check("input[name=capacite_min][value='250000']")
    expect(page.locator("#resultats h2")).to_contain_text("Aucun fournisseur")
    page.go_back()
    expect(page.locator("#resultats h2")).to_contain_text("12 fournisseurs")
    assert page.is_checked("input[value=obnl]")
    assert not page.is_checked("input[name=capacite_min][value='250000']")
    page.go_back()
    expect(page.locator("#resultats h2")).to_contain_text("24 fournisseurs")
    assert not page.is_checked("input[value=obnl]")


def test_order_text_place_and_pages_work_together(page, address):
    page.goto(address)
    page.select_option("#tri", "recent")
    page.wait_for_url("**/?tri=recent")
    page.fill("#q", "mobilier")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=mobilier&tri=recent")
    page.locator("#ou").press_sequentially("mauricie")
    expect(page.locator("#ou-liste li")).to_contain_text(["Mauricie"])
    assert page.get_attribute("#ou", "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#ou", "aria-activedescendant") == "ou-liste-0"
    page.keyboard.press("Enter")
    expect(page.locator("#resultats h2")).to_have_text("16 fournisseurs desservent toute la Mauricie")
    assert page.url.endswith("?q=mobilier&territoire=R04&tri=recent")
    page.fill("#ou", "")
    page.keyboard.press("Tab")
    page.click("nav.pager >> text=Suivante")
    page.wait_for_url("**page=2*")
    expect(page.locator("ol.res > li")).to_have_count(4)
    page.click("ol.res >> a >> nth=0")
    page.wait_for_url("**/fournisseurs/cooperative-numero-*/")


def test_directory_works_without_script(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(address)
    page.click("summary:has-text('Filtrer')")
    page.check("input[value=obnl]")
    page.click("text=Voir les fournisseurs")
    assert "12 fournisseurs" in results(page)
    page.click("a.chip")
    assert "24 fournisseurs" in results(page)
    assert page.url.endswith("#actifs")
    page.fill("#ou", "champlain")
    page.click("button:has-text('Chercher')")
    assert "desservent Les Chenaux" in results(page)
    context.close()


def test_filters_fold_away_on_a_phone_and_stand_open_on_a_desk(page, address):
    page.goto(address)
    assert page.is_visible("input[value=obnl]")
    page.set_viewport_size({"width": 390, "height": 800})
    assert not page.is_visible("input[value=obnl]")
    page.click("summary:has-text('Filtrer')")
    page.check("input[value=obnl]")
    expect(page.locator("#n-filtres")).to_have_text("1")


def test_pages_hold_at_every_width(page, address):
    supplier = SupplierFactory(
        name="Coopérative de solidarité des travailleuses et travailleurs du Haut-Saint-Maurice-et-Mékinac",
        offers=[("Aménagement paysager écoresponsable", "70111700"), ("Déneigement", "76111500")],
    )
    ContactFactory(
        supplier=supplier, is_public=True, email="une-adresse-vraiment-tres-longue@cooperative.example"
    )
    sheet = f"{address}{supplier.slug}/"
    for url in (
        address,
        address + "?q=amenagement+paysagr&forme=coop",
        address + "?q=zzzz",
        address + "?vue=carte",
        sheet,
    ):
        page.goto(url)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{url} scrolls at {width}"
            assert page.evaluate(SMALL) == [], f"{url} has small targets at {width}"
