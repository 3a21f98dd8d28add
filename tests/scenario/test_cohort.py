"""A cohort that fills up: one gets in, the next waits, the first leaves, the one who waits is told and gets in.

Played in a real browser by three people, with JavaScript and without.
"""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cohorts.models import Application, Cohort, State
from marketplace.accounts.models import User
from marketplace.outbox.models import Message
from tests import factories
from tests.cohorts import factories as cohorts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def member_of(name: str) -> User:
    supplier = factories.SupplierFactory(name=name)
    user = factories.MembershipFactory(organisation=supplier.organisation).user
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def visit(browser: Browser, *, script: bool) -> BrowserContext:
    return browser.new_context(
        java_script_enabled=script, viewport={"width": 390, "height": 844}, locale="fr-CA"
    )


def sign_in(page: Page, user: User) -> None:
    """On the sign-in page; goes where the person was going."""
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", factories.PASSWORD)
    page.click("main button[type=submit]")


def ask(page: Page, site: str, cohort: Cohort, user: User) -> None:
    """From the list, signed out: the page of the cohort, the button, the sign-in, the form."""
    page.goto(f"{site}/cohortes/")
    page.click(f"main >> text={cohort.title}")
    page.click("main aside a.btn")  # « Poser ma candidature », or « Me mettre en attente » once full
    page.wait_for_url(re.compile(r"/connexion/"))
    sign_in(page, user)
    page.wait_for_url(re.compile(r"/candidature/"))
    page.fill("textarea[name=motivation]", "Répondre à un premier appel d’offres.")
    page.click("main >> text=Envoyer la candidature")
    page.wait_for_url(re.compile(r"/mon-espace/cohortes/\d+/"))


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_one_who_waits_gets_the_place_of_the_one_who_leaves(
    live_server, settings, browser: Browser, script: bool
):
    settings.SITE_URL = site = live_server.url
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    EmailAddress.objects.create(user=staff, email=staff.email, primary=True, verified=True)
    cohort = cohorts.CohortFactory(places=1, state=State.DRAFT, title="Vendre au public, hiver")
    cohorts.WorkshopFactory(cohort=cohort, title="Lire un avis")
    first, second = member_of("Coopérative Aube"), member_of("Coopérative Brunante")

    # The pôle announces the cohort.
    back_room = visit(browser, script=script).new_page()
    back_room.goto(f"{site}/gestion/cohorts/cohort/{cohort.pk}/change/")
    sign_in(back_room, staff)
    back_room.wait_for_url(re.compile(r"/gestion/"))
    back_room.click("text=Annoncer la cohorte")
    expect(back_room.locator(".sheet-state")).to_contain_text("annoncée", ignore_case=True)

    # The first to ask has the only place; the second is next in line.
    one = visit(browser, script=script).new_page()
    ask(one, site, cohort, first)
    expect(one.locator("main")).to_contain_text("Coopérative Aube a sa place")
    two = visit(browser, script=script).new_page()
    ask(two, site, cohort, second)
    expect(two.locator("main")).to_contain_text("Rang 1 aujourd’hui")
    two.goto(f"{site}/cohortes/{cohort.slug}/")
    expect(two.locator("main")).to_contain_text("Complète, liste d’attente")

    # The first leaves: a page says what follows, a button does it.
    one.click("text=Retirer ma candidature")
    expect(one.locator("main")).to_contain_text("Laisser votre place?")
    one.click("main >> text=Laisser la place")
    expect(one.locator("main")).to_contain_text("votre candidature est retirée")

    # The second is told by mail, finds it first in its space, and confirms.
    (letter,) = Message.objects.filter(kind="cohorts.offered")
    assert letter.recipient == second
    application = Application.objects.get(supplier__organisation__memberships__user=second)
    address = f"{site}{reverse('cohorts:application', args=[application.pk])}"
    assert address in letter.text
    two.goto(f"{site}/mon-espace/")
    two.click("main >> text=Confirmer >> nth=-1")
    expect(two.locator("main")).to_contain_text("Une place vous est offerte")
    two.click("text=Confirmer ma place")
    expect(two.locator("main")).to_contain_text("Votre place est confirmée.")
    expect(two.locator("main")).to_contain_text("Lire un avis")
    application.refresh_from_db()
    assert application.state == Application.State.ACCEPTED

    # The pôle sees both ends of it.
    back_room.goto(f"{site}/gestion/cohorts/application/?cohorte={cohort.pk}")
    expect(back_room.locator("main")).to_contain_text("retirée", ignore_case=True)
    expect(back_room.locator("main")).to_contain_text("acceptée", ignore_case=True)
