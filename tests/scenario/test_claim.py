"""Someone claims a sheet: refused, then accepted once there is something new; then they hold it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from marketplace.accounts.models import JoinRequest, Membership
from tests import factories

from .people import confirm, fill_in_sign_in, known, sign_in, sign_up
from .postman import Postman, body
from .workers import Worker

EMAIL = "claire.roy@rives.exemple.test"
CLAIM = "/fournisseurs/trois-rives/revendiquer/"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_claim_is_refused_then_accepted_and_opens_the_sheet(
    live_server, worker: Worker, postman: Postman, browser: Browser
) -> None:
    site = live_server.url
    staff = known(factories.PolePostFactory(pole=factories.pole("mauricie")).user)
    supplier = factories.SupplierFactory(name="Atelier Les Trois Rives", slug="trois-rives")
    holder = known(
        factories.MembershipFactory(organisation=supplier.organisation, role=Membership.Role.OWNER).user
    )
    worker.start()

    # From the public sheet to an account, and back to the claim from another device.
    desk = browser.new_context().new_page()
    desk.goto(f"{site}/fournisseurs/trois-rives/")
    desk.click("text=Revendiquer cette fiche")
    desk.click("main >> text=Créer un compte")
    sign_up(desk, first_name="Claire", last_name="Roy", email=EMAIL)
    phone = browser.new_context().new_page()
    confirm(phone, postman, EMAIL)
    fill_in_sign_in(phone, EMAIL)
    expect(phone).to_have_url(f"{site}{CLAIM}")

    phone.fill("input[name=title]", "directrice")
    phone.fill("textarea[name=message]", "C’est mon entreprise.")
    phone.click("text=Envoyer ma demande")
    expect(phone.locator("main")).to_contain_text("Votre demande est chez le pôle.")
    told = postman.wait_for(holder.email)[0]
    assert "Claire Roy, directrice," in body(told)
    assert EMAIL not in body(told)
    assert not Membership.objects.filter(user__email=EMAIL).exists()

    # The pôle refuses, with a reason.
    office = browser.new_context().new_page()
    sign_in(office, site, staff.email)
    office.goto(f"{site}/mon-espace/")
    office.click("text=Décider")
    expect(office.locator("main")).to_contain_text("Ce que nous savons")
    office.fill("textarea[name=answer]", "Qui, au conseil, peut le confirmer?")
    office.click("text=Refuser avec ce message")
    refusal = postman.wait_for(EMAIL, 3)[2]
    assert "Qui, au conseil, peut le confirmer?" in body(refusal)

    # The same words again are refused; something new is not.
    found = re.search(r"https?://\S+/revendications/\d+/", body(refusal))
    assert found is not None
    phone.goto(found[0])
    expect(phone.locator("main")).to_contain_text("Qui, au conseil, peut le confirmer?")
    phone.click("text=Demander de nouveau")
    expect(phone).to_have_url(f"{site}{CLAIM}")
    phone.fill("input[name=title]", "directrice")
    phone.fill("textarea[name=message]", "C’est mon entreprise.")
    phone.click("text=Envoyer ma demande")
    expect(phone.locator("main")).to_contain_text("Ajoutez ce qui est nouveau")
    phone.fill("textarea[name=message]", "La présidente, Odile Hébert, au 819 555-0142.")
    phone.click("text=Envoyer ma demande")
    expect(phone.locator("main")).to_contain_text("Votre demande est chez le pôle.")

    # The pôle accepts; the person holds the sheet beside its owner.
    claim = JoinRequest.objects.open().get()
    office.goto(f"{site}/gestion/accounts/joinrequest/{claim.pk}/change/")
    office.click("main button[value=accept]")
    expect(office.locator("main")).to_contain_text("gère maintenant la fiche")
    accepted = postman.wait_for(EMAIL, 5)[4]
    assert "Vous gérez maintenant sa fiche." in body(accepted)
    assert Membership.objects.get(user__email=EMAIL).role == Membership.Role.EDITOR
    phone.goto(f"{site}/mon-espace/")
    phone.click("text=Modifier ma fiche")
    phone.get_by_label("Téléphone public").fill("819 555-0188")
    phone.click("text=Enregistrer")
    phone.wait_for_load_state()
    supplier.organisation.refresh_from_db()
    assert "555-0188" in supplier.organisation.phone
    phone.goto(f"{site}/mon-espace/organisations/{supplier.organisation_id}/membres/")
    expect(phone.locator("main")).to_contain_text("Claire Roy")
