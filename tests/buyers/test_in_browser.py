"""Notices in a real browser: at every width, filters without a new page, and all of it without script."""

import pytest

from tests import factories
from tests.buyers.ocds_files import notice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = [320, 390, 760, 900, 1280]


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def test_pages_hold_at_every_width(page, live_server, feed):
    long = "Anticonstitutionnellementinterminablementindivisible " * 4
    feed.load(notice(version="20260801120000"))
    feed.load(notice(version="20260802120000", tender__title=long, tender__id="x" * 120))
    factories.BuyerFactory(name=long, slug="long")
    for path in (
        "/appels-doffres/",
        "/appels-doffres/ocds-ec9k95-20990001/",
        "/acheteurs/",
        "/acheteurs/long/",
    ):
        page.goto(live_server.url + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (
                f"{path} scrolls at {width}"
            )
    assert page.complaints == []


def test_a_tick_filters_in_place_and_can_be_shared(page, live_server):
    factories.TenderFactory(title="En Mauricie")
    factories.TenderFactory(title="À Laval", region_id="13", mrc_id="65")
    page.goto(live_server.url + "/appels-doffres/")

    page.check("input[name=region][value='13']")
    page.wait_for_url("**/appels-doffres/?region=13*")
    page.wait_for_selector("text=1 avis ouvert")

    assert page.locator(".res h3").all_inner_texts() == ["À Laval"]
    assert page.evaluate("document.activeElement.value") == "13"
    assert page.locator("#annonce").inner_text() == "1\u00a0avis ouvert".replace("\u00a0", " ")
    page.reload()
    assert page.is_checked("input[name=region][value='13']")
    assert page.complaints == []


def test_filters_work_without_script(browser, live_server):
    factories.TenderFactory(title="En Mauricie")
    factories.TenderFactory(title="À Laval", region_id="13", mrc_id="65")
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(live_server.url + "/appels-doffres/")

    page.check("input[name=region][value='13']")
    page.click("noscript + *, .facets button[type=submit]")

    assert "region=13" in page.url
    assert page.locator(".res h3").all_inner_texts() == ["À Laval"]
    page.context.close()
