"""A need, three invited, a question, three sealed quotes, a decision that is undone and taken again, a contract that both confirm."""

from __future__ import annotations

import io
from datetime import timedelta

import pikepdf
from django.utils import timezone

from buyers.models import Need
from buyers.needs.lifecycle import tell_closed_needs
from marketplace.dealings.models import ContractAnswer, NeedDecision, Quote
from marketplace.dealings.need_exchanges.contracts import ask_about_contracts
from marketplace.dealings.need_exchanges.deciding import settle_need_decisions
from marketplace.outbox.models import Message
from tests import factories
from tests.dealings.exchanges import PDF, close
from tests.outbox.running import run_handlers
from tests.scenario.test_three_errands import CLEANING

from .people import Person, Stage


def test_from_a_need_to_a_contract(stage: Stage) -> None:
    shop = factories.BuyerFactory(name="Ville de Zacharie", verified_at=[])
    sellers = [
        factories.SupplierFactory(name=f"Zéphyr {n}", offers=CLEANING, serves=["R04"], capacity=200_000)
        for n in range(3)
    ]
    buyer = stage.member_of(shop.organisation, "Alice", "Roy")
    enterprises = [
        stage.member_of(supplier.organisation, name)
        for supplier, name in zip(sellers, ("Anna", "Béa", "Carl"), strict=True)
    ]

    buyer.open("/besoins/nouveau/")
    buyer.fill("title", "Entretien ménager de la caserne")
    buyer.fill("description", "Cinq soirs par semaine, à Trois-Rivières.")
    buyer.click("Continuer")
    buyer.check("method", "limited")
    buyer.check("audience", "invited")
    buyer.page.locator("main [name=is_sealed]").check()
    buyer.click("Vérifier et publier")
    need = Need.objects.get()
    assert need.unspsc
    buyer.open(f"/besoins/{need.slug}/qui-peut-repondre/")
    for supplier in sellers:
        buyer.check("supplier", str(supplier.pk))
    buyer.click("Inviter ces entreprises")
    buyer.reads("choisie")
    buyer.open(f"/besoins/{need.slug}/publier/")
    buyer.click("Publier le besoin")
    run_handlers()
    assert Message.objects.filter(kind="exchange.invited").count() == 3

    anna, bea, carl = enterprises
    for person in enterprises:
        person.open("/mon-espace/")
        person.reads("Répondre à l’invitation : Entretien ménager de la caserne")
    anna.open(f"/besoins/{need.slug}/questions/")
    anna.fill("text", "Y a-t-il un ascenseur? Nous, Zéphyr 0, en avons besoin.")
    anna.click(anna.page.locator("main form button[type=submit]").last)
    anna.reads("Votre question est transmise")
    buyer.open(f"/besoins/{need.slug}/questions/")
    question = need.questions.get()
    buyer.fill(f"q{question.pk}-public_text", "Y a-t-il un ascenseur?")
    buyer.fill(f"q{question.pk}-answer", "Oui, un.")
    buyer.click(buyer.page.locator("main form button[type=submit]").last)
    buyer.reads("La réponse est publiée")
    carl.open(f"/besoins/{need.slug}/questions/")
    carl.reads("Oui, un.")
    carl.does_not_read("Zéphyr 0")

    for person, amount in zip(enterprises, ("14 900", "13 250,50", "15 000"), strict=True):
        quote(person, need, amount, with_file=person is bea)
    buyer.open(f"/besoins/{need.slug}/propositions/")
    buyer.reads("Les propositions sont scellées, leur nombre aussi")
    buyer.does_not_read("Zéphyr", "13 250")

    close(need, ago=timedelta(minutes=2))
    tell_closed_needs(by=None)
    run_handlers()
    buyer.open("/mon-espace/")
    buyer.reads("Décider : Entretien ménager de la caserne")
    buyer.open(f"/besoins/{need.slug}/propositions/")
    buyer.reads("13 250,50")
    assert buyer.download("devis.pdf").startswith(b"%PDF")
    for who in (sellers[0], sellers[1]):  # the first by mistake
        chosen = Quote.objects.get(need=need, supplier=who)
        buyer.check("chosen", str(chosen.pk))
        buyer.fill("why", "La moins chère, et la plus proche.")
        buyer.click("Décider")
        buyer.reads(f"Choisie : {who.organisation.name}", "vous pouvez l’annuler")
        anna.open(f"/besoins/{need.slug}/proposition/")
        anna.does_not_read("est choisie")
        if who == sellers[0]:
            buyer.click("Annuler la décision")
            buyer.reads("La décision est annulée")
    assert not Message.objects.filter(kind="exchange.chosen").exists()
    NeedDecision.objects.update(decided_at=timezone.now() - timedelta(minutes=11))
    assert settle_need_decisions() == 1
    assert Message.objects.filter(kind="exchange.chosen").count() == 1
    assert Message.objects.filter(kind="exchange.not_chosen").count() == 2
    for person, said in (
        (anna, "L’institution a choisi « Zéphyr 1 »"),
        (bea, "Votre proposition est choisie"),
    ):
        person.open(f"/besoins/{need.slug}/proposition/")
        person.reads(said)

    NeedDecision.objects.update(decided_at=timezone.now() - timedelta(days=31))
    assert ask_about_contracts(by=None) == 2
    for person in (bea, buyer):
        person.open("/mon-espace/")
        person.reads("Contrat conclu? Entretien ménager de la caserne")
        person.open(f"/besoins/{need.slug}/contrat/")
        person.check("said", "yes")
        person.fill("amount", "13 250,50")
        person.click("Enregistrer")
        person.reads("C’est noté.")
    assert ContractAnswer.objects.filter(said="yes").count() == 2
    buyer.open(f"/besoins/{need.slug}/propositions/")
    with pikepdf.open(io.BytesIO(buyer.download("Le dossier complet (PDF)"))) as pdf:
        assert "caserne" in str(pdf.docinfo["/Title"])


def quote(person: Person, need: Need, amount: str, *, with_file: bool) -> None:
    """A draft first, then submitted, with the same page open."""
    person.open(f"/besoins/{need.slug}/proposition/")
    person.fill("amount", amount)
    person.fill("conditions", "Tout compris.")
    if with_file:
        person.page.locator("main [name=file]").set_input_files(
            {"name": "devis.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
    person.click("Enregistrer le brouillon")
    person.reads("Votre brouillon est enregistré")
    person.click("Déposer la proposition")
    person.reads("Votre proposition est déposée", "Scellée")
