"""A town registers by its NEQ, the pôle verifies it, a colleague with the town's address joins at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from buyers.models import Buyer
from marketplace.accounts.models import Membership
from tests import factories

from .people import confirm, fill_in_sign_in, known, sign_in, sign_up
from .postman import Postman, body
from .workers import Worker

CLERK = "greffe@shawinigan.exemple.test"
COLLEAGUE = "achats@shawinigan.exemple.test"
NEQ = "8812345678"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_town_registers_is_verified_and_a_colleague_joins(
    live_server, worker: Worker, postman: Postman, browser: Browser
) -> None:
    site = live_server.url
    staff = known(factories.PolePostFactory(pole=factories.pole("mauricie")).user)
    worker.start()

    # The NEQ first, then an account, then who it is: on the same device all along.
    clerk = browser.new_context().new_page()
    clerk.goto(f"{site}/acheteurs/inscription/")
    clerk.fill("input[name=neq]", "8812 345 678")
    clerk.click("text=Continuer")
    clerk.click("main >> text=Créer un compte")
    sign_up(clerk, first_name="Solange", last_name="Veillette", email=CLERK)
    confirm(clerk, postman, CLERK)
    expect(clerk).to_have_url(f"{site}/acheteurs/inscription/institution/?neq={NEQ}")
    clerk.fill("input[name=name]", "Ville de Shawinigan")
    clerk.select_option("select[name=kind]", "municipality")
    clerk.fill("input[name=town]", "Shawinigan")
    clerk.fill("input[name=title]", "greffière")
    clerk.click("text=Envoyer ma demande")
    expect(clerk.locator("main")).to_contain_text("Votre demande est envoyée.")
    buyer = Buyer.objects.get()
    assert (buyer.is_public, buyer.is_verified) == (False, False)

    # Nobody sees it before the pôle has verified it.
    visitor = browser.new_context().new_page()
    visitor.goto(f"{site}/acheteurs/")
    expect(visitor.locator("main")).not_to_contain_text("Ville de Shawinigan")
    office = browser.new_context().new_page()
    sign_in(office, site, staff.email)
    office.goto(f"{site}/mon-espace/")
    office.click("main >> text=Décider")
    expect(office.locator("main")).to_contain_text("Ce que nous savons")
    expect(office.locator("[name=email_domains]")).to_have_value("")  # whose domain it is, the pôle says
    office.fill("[name=email_domains]", COLLEAGUE.partition("@")[2])
    office.click("main button[value=accept]")
    expect(office.locator("main")).to_contain_text("agit maintenant pour")
    accepted = postman.wait_for(CLERK, 3)[2]
    assert "est vérifiée, et vous agissez pour elle" in body(accepted)
    assert Membership.objects.get(user__email=CLERK).role == Membership.Role.OWNER
    visitor.reload()
    expect(visitor.locator("main")).to_contain_text("Ville de Shawinigan")

    # A colleague whose confirmed address is at the town's domain joins without waiting.
    colleague = browser.new_context().new_page()
    colleague.goto(f"{site}/compte/creer/?next=/acheteurs/inscription/institution/%3Fneq%3D{NEQ}")
    sign_up(colleague, first_name="Luc", last_name="Brière", email=COLLEAGUE)
    other_device = browser.new_context().new_page()
    confirm(other_device, postman, COLLEAGUE)
    fill_in_sign_in(other_device, COLLEAGUE)
    expect(other_device.locator("main")).to_contain_text("vous vous joignez à l’équipe sans attendre")
    other_device.fill("input[name=title]", "approvisionnement")
    other_device.click("text=Me joindre")
    expect(other_device.locator("main")).to_contain_text("Vous agissez pour cette institution.")
    assert Membership.objects.get(user__email=COLLEAGUE).role == Membership.Role.EDITOR
    joined = postman.wait_for(CLERK, 4)[3]
    assert "Luc Brière, approvisionnement," in body(joined)
