"""The stage that scenarios play on: the site, and people who each have a browser of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Download, Locator, Page, Response, expect

from marketplace.accounts.models import User
from tests import factories
from tests.scenario.people import fill_in_sign_in, known

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: What a page answers where it asks again: a form to correct, a colleague's edit to choose.
ASKED_AGAIN = 409


class Mode(NamedTuple):
    name: str
    width: int
    height: int
    has_script: bool


MODES = (
    Mode("desktop", 1280, 900, True),
    Mode("no_script", 1280, 900, False),
    Mode("phone", 390, 844, True),
)


class Person:
    """Someone at a screen. Every press is counted; every page that comes is looked at."""

    def __init__(self, browser: Browser, site: str, mode: Mode, user: User | None) -> None:
        self.site, self.mode, self.user, self.clicks = site, mode, user, 0
        self.context = browser.new_context(
            java_script_enabled=mode.has_script,
            viewport={"width": mode.width, "height": mode.height},
            accept_downloads=True,
        )
        self.page: Page = self.context.new_page()
        self.page.on("response", self._note)
        self.faults: list[str] = []

    def _note(self, response: Response) -> None:
        if response.status >= 400 and response.status != ASKED_AGAIN:
            self.faults.append(f"{response.status} {response.request.method} {response.url}")

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else f"{self.site}{path}")
        self.look()

    def click(self, name: str | Locator, *, role: Any = "button") -> None:
        """A button or a link by its words, within the page's own part."""
        target = self.find(name, role=role) if isinstance(name, str) else name
        with self.page.expect_navigation():  # to the same address too: what it posted is committed
            target.click()
        self.clicks += 1
        self.look()

    def find(self, name: str, *, role: Any = "button") -> Locator:
        words = re.compile(r"^\s*" + re.escape(name).replace(r"\ ", r"[\s\u00a0]+"))
        return self.page.locator("main").get_by_role(role, name=words).first

    def keep(self, name: str) -> None:
        """« Retenir » on a card of the directory, with or without a script."""
        card = rf"\s*, {re.escape(name)}"
        self.page.get_by_role("button", name=re.compile(rf"^Retenir{card}")).click()
        self.clicks += 1
        self.page.get_by_role("button", name=re.compile(rf"^Retenu{card}")).wait_for()
        self.look()

    def fill(self, field: str, text: str) -> None:
        self.page.locator("main").locator(f"[name={field}]").first.fill(text)

    def check(self, field: str, value: str) -> None:
        self.page.locator("main").locator(f"[name={field}][value='{value}']").first.check()

    def download(self, name: str, *, role: Any = "link") -> bytes:
        with self.page.expect_download() as taken:
            self.find(name, role=role).click()
        self.clicks += 1
        download: Download = taken.value
        return Path(download.path()).read_bytes()

    def reads(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text.replace("\u00a0", " "))

    def does_not_read(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).not_to_contain_text(text)

    def look(self) -> None:
        assert self.page.evaluate(SIDEWAYS) <= 0, f"{self.page.url} scrolls sideways"
        assert not self.faults, self.faults

    def sign_in(self) -> None:
        assert self.user is not None
        self.open("/compte/connexion/")
        fill_in_sign_in(self.page, self.user.email)
        self.look()


@dataclass
class Stage:
    site: str
    mode: Mode
    browser: Browser

    def visitor(self, user: User | None = None) -> Person:
        """Someone who has not signed in yet."""
        return Person(self.browser, self.site, self.mode, known(user) if user else None)

    def person(self, user: User) -> Person:
        found = self.visitor(user)
        found.sign_in()
        return found

    def member_of(self, organisation: Any, first_name: str, last_name: str = "Tremblay") -> Person:
        user = factories.MembershipFactory(
            organisation=organisation, user__first_name=first_name, user__last_name=last_name
        ).user
        return self.person(user)


@pytest.fixture(params=MODES, ids=[mode.name for mode in MODES])
def stage(request: pytest.FixtureRequest, live_server: Any, browser: Browser, settings: Any) -> Stage:
    settings.SITE_URL = live_server.url
    return Stage(live_server.url, request.param, browser)


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker would do is done by hand (`tests.outbox.running`), at the moment that the scenario says."""
    monkeypatch.setattr("marketplace.outbox.queue.wake_worker", lambda *_args: True)
