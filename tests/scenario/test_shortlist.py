"""From a search to the document in the file, without an account to begin with and without script, on a phone: clicks counted."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import pikepdf
import pytest
from playwright.sync_api import Browser, Locator, Page

from marketplace.dealings.models import Shortlist
from marketplace.territories.models import Mrc, Municipality
from tests import factories

from .people import known
from .test_three_errands import CATERING, CLEANING, SNOW

MOST_CLICKS = 15
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Hand:
    """Every press of a button or a link counts as one; typing does not."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, target: str | Locator) -> None:
        (self.page.locator(target).first if isinstance(target, str) else target).click()
        self.clicks += 1

    def look(self) -> None:
        assert self.page.evaluate(SIDEWAYS) <= 0, f"{self.page.url} scrolls sideways"


ERRANDS = (
    ("entretien ménager à Trois-Rivières", CLEANING, "Propre"),
    ("traiteur pour 120 personnes à Shawinigan", CATERING, "Table"),
    ("déneigement Trois-Rivières", SNOW, "Hiver"),
)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_errand_is_done_justified_and_filed(live_server, browser: Browser) -> None:
    do_errands(live_server.url, browser, ERRANDS[1:2])


def do_errands(
    site: str, browser: Browser, errands: Sequence[tuple[str, list[tuple[str, str]], str]]
) -> None:
    """`dev.py prove errands` does all three."""
    for _text, offers, trade in errands:
        for number, (town, mrc) in enumerate(
            (("Trois-Rivières", "371"), ("Shawinigan", "36"), ("Louiseville", "51"))
        ):
            factories.SupplierFactory(
                name=f"{trade} {number}", mrc=Mrc.objects.get(code=mrc), offers=offers, serves=["R04"], proved=6,
                organisation__municipality=Municipality.objects.get(name=town, mrc=mrc), organisation__town=town,
            )  # fmt: skip
    organisation = factories.BuyerFactory(name="Ville de Zacharie", verified_at=[]).organisation
    clerk = known(factories.MembershipFactory(organisation=organisation).user)
    counts = [_errand(site, browser, clerk.email, text, trade) for text, _offers, trade in errands]
    assert max(counts) < MOST_CLICKS, counts
    chosen = Shortlist.objects.filter(organisation=organisation).order_by("pk")
    assert [one.name for one in chosen] == [text[0].upper() + text[1:] for text, _offers, _trade in errands]
    assert {one.entries.count() for one in chosen} == {3}


def _errand(site: str, browser: Browser, email: str, text: str, trade: str) -> int:
    """Search, keep three, sign in and be back at the search, compare, say why one is set aside, take the document."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, accept_downloads=True
    )
    page = context.new_page()
    hand = Hand(page)
    page.goto(f"{site}/fournisseurs/")
    page.fill("#filtres [name=q]", text)
    hand.click("#filtres button[type=submit]")
    for number in range(3):
        hand.click(page.get_by_role("button", name=re.compile(rf"^Retenir\s*, {trade} {number}")))
        page.get_by_role("button", name=re.compile(rf"^Retenu\s*, {trade} {number}")).wait_for()
    assert page.locator("#n-selection").inner_text().strip() == "(3)"

    hand.click(".hd-menu summary")
    hand.click(page.locator(".hd-menu").get_by_role("link", name="Me connecter"))
    page.fill("[name=login]", email)
    page.fill("[name=password]", factories.PASSWORD)
    hand.click("main button[type=submit]")
    assert "/fournisseurs/?q=" in page.url, "back at the search"
    assert "(3)" in page.locator("#n-selection").inner_text()

    hand.click(page.locator(".hd-tools").get_by_role("link", name="Ma sélection"))
    hand.click(page.get_by_role("button", name="Comparer"))
    assert page.locator(".cmp .k-full").count() >= 6
    hand.click(page.get_by_role("link", name=re.compile(rf"^Décider et noter\s*, {trade} 2")))
    hand.click(page.get_by_label("Écarté"))
    page.fill("[name=reason]", "Plus loin que les deux autres.")
    hand.click("main button[type=submit]")
    with page.expect_download() as taken:
        hand.click(page.get_by_role("link", name="Document pour le dossier (PDF)"))
    with pikepdf.open(io.BytesIO(taken.value.path().read_bytes())) as document:
        assert text[1:] in str(document.docinfo["/Title"]).replace("\u00a0", " ")
    context.close()
    return hand.clicks
