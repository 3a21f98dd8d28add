"""Two colleagues on one supplier, in two browsers: no value is lost; a decision pressed with unsaved edits saves them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from suppliers.models import Decision, Offer, Status, Supplier
from tests import factories

from .people import known, sign_in


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_colleagues_on_one_supplier_lose_no_value(live_server, browser: Browser) -> None:
    site = live_server.url
    supplier = factories.SupplierFactory(
        status="submitted", name="Cuisine du Cap", activity="Repas", capacity=50_000,
        offers=[("Traiteur", "90101600")],
    )  # fmt: skip
    pages = []
    for first, last in (("Odile", "Gagnon"), ("Nadia", "Bélanger")):
        person = known(
            factories.PolePostFactory(
                user__first_name=first, user__last_name=last, pole=factories.pole("mauricie")
            ).user
        )
        page = browser.new_context(
            java_script_enabled=False, viewport={"width": 390, "height": 844}
        ).new_page()
        sign_in(page, site, person.email)
        page.goto(f"{site}/gestion/suppliers/supplier/{supplier.pk}/change/")
        pages.append(page)
    odile, nadia = pages

    # Both have the page open. Odile changes three values and saves; Nadia, who saw none of them, changes others.
    odile.fill("textarea[name=activity]", "Repas chauds et buffets")
    odile.fill("input[name=capacity]", "80000")
    odile.fill("input[name=town]", "Shawinigan")
    odile.click("button[name=_continue]:not(.vh)")
    expect(odile.locator("body")).to_contain_text("Enregistré")
    nadia.fill("textarea[name=activity]", "Repas froids")
    nadia.fill("input[name=phone]", "819 555-0101")
    nadia.fill("input[name=offers-0-title]", "Service de traiteur")
    nadia.click("button[name=_continue]:not(.vh)")

    # Nothing is saved; both values of each field are there, with who wrote the other one.
    main = nadia.locator("main")
    expect(main).to_contain_text("Rien n’est encore enregistré")
    for text in ("Repas chauds et buffets", "Repas froids", "80000", "50000", "Shawinigan", "Odile Gagnon"):
        expect(main).to_contain_text(text)
    assert nadia.evaluate("document.documentElement.scrollWidth") <= 390
    assert Supplier.objects.get().activity == "Repas chauds et buffets"
    assert not Offer.objects.filter(title="Service de traiteur").exists()

    # As the page proposes: hers where she wrote, Odile's where she did not.
    nadia.click("text=Enregistrer avec ces choix")
    expect(nadia.locator("body")).to_contain_text("Enregistré")
    saved = Supplier.objects.select_related("organisation").get()
    assert (saved.activity, saved.capacity) == ("Repas froids", 80_000)
    assert (saved.organisation.town, saved.organisation.phone) == ("Shawinigan", "819 555-0101")
    assert Offer.objects.get().title == "Service de traiteur"

    # A decision pressed with unsaved edits: refused, it shows them; taken, it saves them.
    nadia.fill("input[name=website]", "cuisineducap.example")
    nadia.fill("textarea[name=decision-message]", "Merci.")
    nadia.click("button[name=move][value=archive]")
    expect(nadia.locator("main")).to_contain_text("Choisissez le motif")
    expect(nadia.locator("input[name=website]")).to_have_value("cuisineducap.example")
    expect(nadia.locator("textarea[name=decision-message]")).to_have_value("Merci.")
    nadia.click("button[name=move][value=publish]")
    expect(nadia.locator("body")).to_contain_text("Fiche publiée")
    saved = Supplier.objects.select_related("organisation").get()
    assert (saved.status, saved.organisation.website) == (Status.PUBLISHED, "https://cuisineducap.example")
    assert Decision.objects.get(verb="publish").message == "Merci."
