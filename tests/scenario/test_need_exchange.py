"""A need, three invited, a question, three sealed quotes, a decision, and both sides confirm the contract: without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from buyers.needs.drafting import draft_need
from buyers.needs.lifecycle import submit_need, tell_closed_needs
from marketplace.dealings.models import ContractAnswer, NeedDecision, Quote
from marketplace.dealings.need_exchanges.exchange_pdf import exchange_facts
from marketplace.outbox.models import Message
from tests import factories
from tests.dealings.exchanges import close, exchange
from tests.outbox.running import run_handlers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch) -> None:
    monkeypatch.setattr("marketplace.outbox.queue.wake_worker", lambda *_args: True)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_need_goes_from_invitations_to_a_contract(settings):
    settings.DECISION_HOLD_SECONDS = 0
    here = exchange(3)
    town, sellers = signed_in(here.buyer), [signed_in(member) for _supplier, member in here.sellers]
    need = draft_need(
        buyer=here.need.buyer,
        values={
            "title": "Entretien ménager de la caserne",
            "description": "Cinq soirs par semaine.",
            "mrc_id": "371",
            "region_id": "04",
            "unspsc": ["76111500"],
            "audience": "invited",
            "is_sealed": True,
            "closes_at": timezone.now() + timedelta(days=5),
        },
        by=here.buyer,
    )
    page = {name: reverse(f"dealings:need_{name}", args=[need.slug]) for name in ("fit", "questions", "quote", "quotes", "contract", "record")}  # fmt: skip

    shown = town.get(page["fit"])
    assert {row.supplier.pk for row in shown.context["rows"]} == {one.pk for one, _member in here.sellers}
    assert sum(row.is_next for row in shown.context["rows"]) == 3
    town.post(page["fit"], {"supplier": [one.pk for one, _member in here.sellers]})
    assert sellers[0].get(page["quote"]).status_code == 404  # nobody is told of a draft
    submit_need(need=need, by=here.buyer)
    run_handlers()
    assert Message.objects.filter(kind="exchange.invited").count() == 3
    assert "Répondre à l’invitation" in sellers[0].get(reverse("pages:my_space")).content.decode()
    assert signed_in(factories.MembershipFactory().user).get(page["quote"]).status_code == 404

    first = here.sellers[0][0]
    sellers[0].post(page["questions"], {"supplier": first.pk, "text": "Zéphyr 0 : y a-t-il un ascenseur?"})
    waiting = town.get(page["questions"]).context["waiting"][0]
    town.post(
        page["questions"],
        {
            "question": waiting.pk,
            f"q{waiting.pk}-public_text": "Un ascenseur?",
            f"q{waiting.pk}-answer": "Oui, un.",
        },
    )
    heard = sellers[1].get(reverse("needs:need", args=[need.slug])).content.decode()
    assert "Oui, un." in heard
    assert "Zéphyr 0" not in heard

    for client, (supplier, _member), amount in zip(
        sellers, here.sellers, ("14 900", "13 250,50", "15 000"), strict=True
    ):
        posted = {"supplier": supplier.pk, "amount": amount, "taxes": "added", "conditions": "Tout compris."}
        client.post(page["quote"], {**posted, "save": "1"})
        version = client.get(page["quote"]).context["form"]["form_version"].value()
        answer = client.post(page["quote"], {**posted, "form_version": version, "submit": "1"}, follow=True)
        assert "est déposée" in answer.content.decode()
    before = town.get(page["quotes"]).content.decode()
    assert "Les propositions sont scellées, leur nombre aussi" in before
    # amounts alone: the hour on the page may well be 13 h, or 21 h 13
    assert not re.search(r"\b1[345][\s\u00a0\u202f]?(250|900|000)\b", before.partition("<main")[2])
    assert "Zéphyr" not in before

    close(need)
    tell_closed_needs(by=None)
    run_handlers()
    assert Message.objects.filter(kind="exchange.closed").count() == 2
    compared = town.get(page["quotes"])
    best = compared.context["opened"][0].quote
    assert best.supplier == here.sellers[1][0]
    town.post(
        page["quotes"],
        {"chosen": best.pk, "why": "La moins chère.", "seen": compared.context["form"]["seen"].value()},
    )
    decision = NeedDecision.objects.get()
    assert str(decision.amount) == "13250.50"
    assert Message.objects.filter(kind="exchange.chosen").count() == 1
    assert Message.objects.filter(kind="exchange.not_chosen").count() == 2
    assert not [mail for mail in Message.objects.all() if "13 250" in mail.text.replace("\u00a0", " ")]

    sellers[1].post(page["contract"], {"said": "yes", "amount": "13 250,50"})
    town.post(page["contract"], {"said": "yes", "amount": "13250.50"})
    assert ContractAnswer.objects.filter(said="yes").count() == 2
    assert sellers[0].get(page["contract"]).status_code == 404
    facts = exchange_facts(need, by=here.buyer)
    assert [len(facts[part]["rows"]) for part in ("invited", "quotes")] == [3, 3]
    assert facts["questions"][0][:2] == ["Un ascenseur?", "Oui, un."]
    assert len(facts["contract"]) == 2
    assert town.get(page["record"]).content.startswith(b"%PDF")
    assert Quote.objects.get(pk=best.pk).times == 1
