"""An interest, a consortium of three, a joint answer: three enterprises, each in its own browser."""

from __future__ import annotations

from django.urls import reverse

from buyers.models import Lot
from marketplace.dealings.models import Consortium
from marketplace.dealings.notices import notice_key
from marketplace.outbox.models import Message
from tests import factories

from .people import Stage

LOTS = (("Ménage", "76111500"), ("Repas", "90101600"), ("Tonte", "70111700"))


def test_an_interest_becomes_a_joint_answer(stage: Stage) -> None:
    tender = factories.TenderFactory(unspsc=[code for _title, code in LOTS], estimated_amount=200_000)
    people = []
    for n, (title, code) in enumerate(LOTS, start=1):
        Lot.objects.create(tender=tender, lot_id=str(n), position=n, title=title, unspsc=[code])
        supplier = factories.SupplierFactory(name=f"{title} du Cap", offers=[(title, code)], serves=["R04"])
        people.append((supplier, stage.member_of(supplier.organisation, f"Personne{n}", title)))
    key = notice_key(tender)
    for _supplier, person in people:
        person.open(reverse("tenders:tender", args=[tender.ocid]))
        person.click("Ça nous intéresse", role="link")
        person.page.locator("main [name$=open_to_partners]").check()
        person.click("Ça nous intéresse")
        person.reads("C’est noté")

    (_first, anna), (second, bruno), (third, chloe) = people
    anna.click("Trouver des partenaires", role="link")
    anna.reads("Repas du Cap", "Tonte du Cap", "Le plus petit groupement qui couvre l’avis")
    anna.click("Inviter ce groupement")
    assert Message.objects.filter(kind="consortiums.invited").count() == 2
    consortium = Consortium.objects.get()
    page = f"/mon-espace/groupements/{consortium.pk}/"
    for _supplier, person in people[1:]:
        person.open("/mon-espace/")
        person.reads("Répondre à une invitation")
        person.open(page)
        person.does_not_read(anna.user.email)
        person.click("Accepter")
        person.reads(anna.user.email)

    # Three have the common page open: each reads what the others wrote meanwhile before anything of theirs is replaced.
    for _supplier, person in people:
        person.open(page)
    bruno.fill("answer", "Nous offrons les trois lots.")
    bruno.click("Enregistrer")
    chloe.fill("notes", "Visite mardi.")
    chloe.click("Enregistrer")
    chloe.reads("Nous offrons les trois lots.")  # what she had not touched is chosen already
    chloe.click("Enregistrer avec ces choix")
    consortium.refresh_from_db()
    assert (consortium.answer, consortium.notes) == ("Nous offrons les trois lots.", "Visite mardi.")
    anna.fill("answer", "Nous soumissionnons ensemble.")
    anna.click("Enregistrer")
    anna.reads("Nous offrons les trois lots.", "Nous soumissionnons ensemble.")
    anna.click("Enregistrer avec ces choix")
    consortium.refresh_from_db()
    assert (consortium.answer, consortium.notes) == ("Nous soumissionnons ensemble.", "Visite mardi.")

    # The lead takes its interest back and leaves in the same gesture: who came first after it leads.
    anna.open(reverse("dealings:interest", args=[key]))
    anna.reads("un groupement pour cet avis")
    anna.click("Retirer notre intérêt et quitter le groupement")
    anna.reads("Vous avez quitté le groupement")
    assert consortium.members.get(supplier=second).is_lead
    bruno.open(page)
    bruno.reads("Vous menez ce groupement")
    bruno.click("Lui confier la conduite du groupement")
    assert consortium.members.get(supplier=third).is_lead
    chloe.open(page)
    chloe.reads("Nous soumissionnons ensemble.")
    chloe.click("Dissoudre le groupement")
    chloe.reads("Ce groupement est dissous", "Nous soumissionnons ensemble.")
