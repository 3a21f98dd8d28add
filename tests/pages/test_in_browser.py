"""A real browser: nothing scrolls sideways, targets are large enough, the policy blocks nothing, the keyboard suffices."""

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, Page, expect

from tests import factories

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
PAGES = [
    "/",
    "/joindre-mon-pole/",
    "/compte/connexion/",
    "/compte/creer/",
    "/comment-on-verifie/",
    "/conditions/",
]
WIDTHS = [320, 390, 760, 900, 1280]

# Targets under 44 pixels: links inside a sentence are excepted, and so is the box inside a large label.
SMALL = """() => [...document.querySelectorAll('a,button,input,select,summary')].filter(e => {
  const box = e.getBoundingClientRect();
  const inSentence = e.tagName === 'A' && e.closest('p,dd,.note') && !e.closest('.freq');
  return box.width && box.height < 43.5 && !inSentence && !e.closest('label') && !e.classList.contains('skip');
}).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def page(browser: Browser):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def sign_in(page: Page, live_server, user) -> None:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url}
    page.context.add_cookies([cookie])


def look_at(page: Page, address: str) -> None:
    page.goto(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} scrolls at {width}"
        assert page.evaluate(SMALL) == [], f"{address} has small targets at {width}"
    assert page.complaints == []


def test_pages_hold_at_every_width(page, live_server):
    factories.TenderFactory.create_batch(3, title="Entretien des plates-bandes, saisons 2027 et 2028")
    for address in PAGES:
        look_at(page, live_server.url + address)


def test_my_space_holds_at_every_width(page, live_server):
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    made = factories.SupplierFactory(
        name="Coopérative de solidarité des travailleuses et travailleurs du Haut-Pays"
    )
    factories.MembershipFactory(user=staff, organisation=made.organisation)
    factories.SupplierFactory.create_batch(2, status="submitted")
    sign_in(page, live_server, staff)
    look_at(page, live_server.url + "/mon-espace/")


def test_menu_opens_without_script_and_closes_with_escape(browser, page, live_server):
    bare = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800}).new_page()
    bare.goto(live_server.url)
    bare.click("details.hd-menu > summary")
    assert bare.is_visible("details.hd-menu nav a")
    bare.context.close()
    page.goto(live_server.url)
    page.click("details.hd-menu > summary")
    assert page.is_visible("details.hd-menu nav a")
    page.keyboard.press("Escape")
    assert not page.is_visible("details.hd-menu nav a")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_keyboard_skips_to_the_content(page, live_server):
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"


def test_faulty_form_takes_focus_on_its_summary(page, live_server):
    page.goto(live_server.url + "/compte/connexion/")
    page.fill("#id_login", "personne@exemple.test")
    page.click("main button[type=submit]")
    expect(page.locator(".err-sum")).to_be_focused()
    page.click(".err-sum a")
    expect(page.locator("#id_password")).to_be_focused()
