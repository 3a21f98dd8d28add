"""Invitations in turn, questions equal for all, one decision, letters, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from buyers.models import Need
from marketplace.dealings.models import (
    ContractAnswer,
    NeedDecision,
    NeedInvitation,
    NeedQuestion,
    Quote,
)
from marketplace.dealings.need_exchanges.contracts import ask_about_contracts, record_contract_answer
from marketplace.dealings.need_exchanges.deciding import record_need_decision, settle_need_decisions
from marketplace.dealings.need_exchanges.event_handlers import tell_institution_of_closing, tell_those_invited
from marketplace.dealings.need_exchanges.exchange_pdf import exchange_facts
from marketplace.dealings.need_exchanges.inviting import decline_invitation, invite_suppliers
from marketplace.dealings.need_exchanges.questions import (
    answer_need_question,
    ask_need_question,
    published_questions,
)
from marketplace.dealings.need_exchanges.quoting import save_quote_draft
from marketplace.dealings.need_exchanges.rotation import asked_before, fair_next, invitations_of
from marketplace.dealings.need_exchanges.sealing import QuoteTerms
from marketplace.dealings.need_exchanges.waiting import stuck_needs
from marketplace.matching.needs import Fit
from marketplace.outbox.models import Event, Message
from marketplace.web.errors import NotAllowed, Refused
from marketplace.web.restored_rows import settle_rows
from tests import factories

from .exchanges import close, exchange, hand_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch) -> None:
    monkeypatch.setattr("marketplace.outbox.queue.wake_worker", lambda *_args: True)


def event(kind: str, need: Need) -> Event:
    return Event(kind=kind, subject=f"need:{need.pk}", version="1")


def mails(kind: str) -> set[str]:
    return set(Message.objects.filter(kind=f"exchange.{kind}").values_list("address", flat=True))


def test_those_chosen_before_publishing_are_told_when_it_is_published():
    here = exchange(2, status="draft", version=0, published_at=None, audience="invited")
    (first, member), (second, _other) = here.sellers
    invite_suppliers(need=here.need, suppliers=[first, second], by=here.buyer)
    assert invite_suppliers(need=here.need, suppliers=[first], by=here.colleague) == []
    assert not mails("invited")
    assert not NeedInvitation.objects.visible_to(member).exists()
    assert not Need.objects.visible_to(member).exists()
    Need.objects.filter(pk=here.need.pk).update(status="published", version=1, published_at=timezone.now())
    for _twice in range(2):
        tell_those_invited(event("need.published", here.need))
    assert len(mails("invited")) == 2
    assert Need.objects.visible_to(member).get() == here.need
    stranger = factories.MembershipFactory().user
    assert not Need.objects.visible_to(stranger).exists()
    with pytest.raises(NotAllowed):
        invite_suppliers(need=here.need, suppliers=[first], by=factories.UserFactory(is_superuser=True))


def test_a_supplier_archived_meanwhile_is_said_and_not_lost():
    here = exchange(1)
    ((supplier, _member),) = here.sellers
    invite_suppliers(need=here.need, suppliers=[supplier], by=here.buyer)
    type(supplier).objects.filter(pk=supplier.pk).update(status="archived")
    client = Client()
    client.force_login(here.buyer)
    page = client.get(reverse("dealings:need_fit", args=[here.need.slug])).content.decode()
    assert "n’est plus au répertoire" in page
    assert (
        supplier.organisation.name
        in client.get(reverse("dealings:invitation_record", args=[here.need.buyer.slug])).content.decode()
    )
    supplier.refresh_from_db()
    with pytest.raises(Refused, match="n’est plus publiée"):
        invite_suppliers(
            need=factories.NeedFactory(buyer=here.need.buyer), suppliers=[supplier], by=here.buyer
        )


def test_the_next_in_turn_was_asked_least_then_longest_ago():
    here = exchange(4)
    a, b, c, d = (supplier for supplier, _member in here.sellers)
    now = timezone.now()
    for supplier, days in ((a, 300), (a, 20), (b, 40), (c, 90)):
        need = factories.NeedFactory(buyer=here.need.buyer)
        NeedInvitation.objects.create(
            need=need, supplier=supplier, at=now - timedelta(days=days), told_at=now
        )
    NeedInvitation.objects.create(
        need=factories.NeedFactory(), supplier=d, told_at=now
    )  # of another institution
    before = asked_before(invitations_of(here.need.buyer))
    assert [len(before[one.pk]) for one in (a, b, c)] == [2, 1, 1]
    fits = [Fit(one, 90) for one in (a, b, c)] + [Fit(d, 50)]
    assert fair_next(fits, before) == [d.pk, c.pk, b.pk]
    assert fair_next(fits, before, invited=[d.pk]) == [c.pk, b.pk]
    assert fair_next([Fit(d, 50, lacks=["elsewhere"])], before) == []


def test_answers_reach_everyone_and_name_nobody():
    here = exchange(3)
    (asker, member), (invited, _), _quoting = here.sellers
    invite_suppliers(need=here.need, suppliers=[invited], by=here.buyer)
    hand_in(here.need, here.sellers[2])
    question = ask_need_question(
        need=here.need, supplier=asker, text="Zéphyr 0 demande : quelle surface?", by=member
    )
    assert ask_need_question(need=here.need, supplier=asker, text=question.text, by=member) == question
    with pytest.raises(NotAllowed):
        ask_need_question(need=here.need, supplier=asker, text="Et moi?", by=here.buyer)
    answer_need_question(question=question, public_text="Quelle surface?", answer="400 m²", by=here.buyer)
    with pytest.raises(Refused, match="Alice Archambault a déjà publié"):
        answer_need_question(question=question, public_text="Q", answer="500 m²", by=here.colleague)
    assert [(one.text, one.answer) for one in published_questions(here.need)] == [
        ("Quelle surface?", "400 m²")
    ]
    told = Message.objects.filter(kind="exchange.question_answered")
    assert told.count() == 3
    assert not [one for one in told if "Zéphyr 0" in one.text and one.recipient != member]
    page = Client().get(reverse("needs:need", args=[here.need.slug])).content.decode()
    assert "400 m²" in page
    assert "Zéphyr" not in page
    Need.objects.filter(pk=here.need.pk).update(questions_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Refused, match="jusqu’au"):
        ask_need_question(need=here.need, supplier=asker, text="Trop tard?", by=member)


def test_two_colleagues_decide_once_and_all_are_written_to():
    here = exchange(3)
    quotes = [
        hand_in(here.need, seller, amount)
        for seller, amount in zip(here.sellers, ("900", "700"), strict=False)
    ]
    invite_suppliers(need=here.need, suppliers=[here.sellers[2][0]], by=here.buyer)
    with pytest.raises(Refused):
        record_need_decision(need=here.need, chosen=quotes[0], why="Trop tôt", by=here.buyer)
    close(here.need)
    tell_institution_of_closing(event("need.closed", here.need))
    assert len(mails("closed")) == 2
    client = Client()
    client.force_login(here.colleague)
    page = reverse("dealings:need_quotes", args=[here.need.slug])
    shown = client.get(page)
    assert shown.context["opened"][0].terms.amount == Decimal(700)
    posted = {
        "chosen": quotes[1].pk,
        "why": "Le meilleur prix.",
        "seen": shown.context["form"]["seen"].value(),
    }
    with pytest.raises(Refused, match="ont changé"):
        record_need_decision(need=here.need, chosen=quotes[1], why="Vite", seen=[quotes[1].pk], by=here.buyer)
    record_need_decision(need=here.need, chosen=None, why="Aucune ne convient.", by=here.buyer)
    late = client.post(page, posted)
    assert late.status_code == 409
    text = late.content.decode()
    assert "Alice Archambault a déjà décidé" in text
    assert "Le meilleur prix." in text
    assert NeedDecision.objects.get().why == "Aucune ne convient."
    assert settle_need_decisions() == 0
    NeedDecision.objects.update(decided_at=timezone.now() - timedelta(minutes=11))
    assert (settle_need_decisions(), settle_need_decisions()) == (1, 0)
    assert len(mails("nobody_chosen")) == 3
    assert not mails("chosen")
    pdf = client.get(reverse("dealings:need_record", args=[here.need.slug]))
    assert pdf.content.startswith(b"%PDF")


def test_a_decision_is_undone_before_anybody_outside_hears_of_it():
    here = exchange(2)
    chosen, _other = (hand_in(here.need, seller) for seller in here.sellers)
    member = here.sellers[0][1]
    close(here.need, ago=timedelta(seconds=30))
    client = Client()
    client.force_login(here.buyer)
    page = reverse("dealings:need_quotes", args=[here.need.slug])
    early = client.get(page)
    assert early.context["form"] is None
    assert "On ne décide pas encore" in early.content.decode()
    with pytest.raises(Refused, match="encore être en lecture"):
        record_need_decision(need=here.need, chosen=chosen, why="Vite", by=here.buyer)
    close(here.need)
    decision = record_need_decision(need=here.need, chosen=chosen, why="La bonne.", by=here.buyer)
    assert not NeedDecision.objects.chosen().exists()
    assert not NeedDecision.objects.visible_to(member).exists()
    seller = Client()
    seller.force_login(member)
    for name in ("dealings:need_quote", "needs:need"):
        text = seller.get(reverse(name, args=[here.need.slug])).content.decode()
        assert "choisie" not in text
        assert "Décision" not in text
    assert not mails("chosen") | mails("not_chosen")
    assert "Annuler la décision" in client.get(page).content.decode()
    assert "Décider" not in client.get(reverse("pages:my_space")).content.decode()

    client.force_login(here.colleague)  # whoever may decide may undo
    client.post(page, {"undo": decision.pk + 1})
    assert NeedDecision.objects.exists()
    for _double_click in range(2):
        client.post(page, {"undo": decision.pk})
    assert not NeedDecision.objects.exists()
    here.need.refresh_from_db()
    assert here.need.is_closed
    assert client.get(page).context["form"] is not None

    again = record_need_decision(need=here.need, chosen=chosen, why="La bonne.", by=here.buyer)
    NeedDecision.objects.update(decided_at=timezone.now() - timedelta(minutes=11))
    assert settle_need_decisions() == 1
    assert mails("chosen") == {member.email}
    assert NeedDecision.objects.chosen().get() == again
    client.post(page, {"undo": again.pk})
    assert NeedDecision.objects.exists()
    assert "est choisie" in seller.get(reverse("dealings:need_quote", args=[here.need.slug])).content.decode()


def test_a_decision_that_a_backup_brings_back_tells_nobody_twice():
    """Undoable at the hour of the backup, it may have been told since; one that stood stays."""
    here, settled = exchange(1), exchange(1)
    for one in (here, settled):
        quote = hand_in(one.need, one.sellers[0])
        close(one.need)
        record_need_decision(need=one.need, chosen=quote, why="La bonne.", by=one.buyer)
    NeedDecision.objects.filter(need=settled.need).update(decided_at=timezone.now() - timedelta(minutes=11))
    assert settle_need_decisions() == 1
    connection.ensure_connection()
    assert ("décisions à reprendre", 1) in settle_rows(connection.connection)
    assert NeedDecision.objects.get().need == settled.need


def test_an_enterprise_without_invitation_reads_why_its_draft_stays_one():
    here = exchange(1, method="limited")
    ((supplier, member),) = here.sellers
    save_quote_draft(need=here.need, supplier=supplier, terms=QuoteTerms(conditions="Mes mots"), by=member)
    client = Client()
    client.force_login(member)
    text = client.get(reverse("dealings:need_quote", args=[here.need.slug])).content.decode()
    assert "votre entreprise n’y est pas invitée" in text
    assert "La clôture est passée" not in text
    assert "Mes mots" in text


def test_who_fits_stays_within_its_statements_with_contracts_and_a_large_amount(
    django_assert_max_num_queries,
):
    here = exchange(3, estimated_amount=1_500_000, unspsc=["76111500"], region_id="04", mrc_id="371")
    tender = factories.TenderFactory(buyer=here.need.buyer, unspsc=["76111500"], estimated_amount=1_500_000)
    for supplier, _member in here.sellers:
        factories.AwardFactory(
            tender__buyer=here.need.buyer, organisation=supplier.organisation, neq=supplier.organisation.neq
        )
    client = Client()
    client.force_login(here.buyer)
    for page in (
        reverse("dealings:need_fit", args=[here.need.slug]),
        reverse("dealings:tender_fit", args=[tender.ocid]),
    ):
        client.get(page)
        with django_assert_max_num_queries(11):
            assert client.get(page).context["rows"]


def test_both_are_asked_about_the_contract_at_their_days_and_no_more(settings):
    settings.DECISION_HOLD_SECONDS = 0
    here = exchange(1)
    quote = hand_in(here.need, here.sellers[0], "1200")
    close(here.need)
    decision = record_need_decision(need=here.need, chosen=quote, why="Seule et bonne.", by=here.buyer)
    assert (decision.neq, decision.amount) == (quote.supplier.organisation.neq, Decimal(1200))
    assert ask_about_contracts(by=None) == 0
    NeedDecision.objects.update(decided_at=timezone.now() - timedelta(days=31))
    assert (ask_about_contracts(by=None), ask_about_contracts(by=None)) == (2, 0)
    assert len(mails("contract_asked")) == 3
    member = here.sellers[0][1]
    record_contract_answer(decision=decision, side="seller", said="yes", amount=Decimal(1300), by=member)
    record_contract_answer(decision=decision, side="buyer", said="not_yet", by=here.buyer)
    with pytest.raises(NotAllowed):
        record_contract_answer(decision=decision, side="buyer", said="no", by=member)
    NeedDecision.objects.update(decided_at=timezone.now() - timedelta(days=181))
    assert (ask_about_contracts(by=None), ask_about_contracts(by=None)) == (1, 0)
    client = Client()
    client.force_login(here.colleague)
    page = client.get(reverse("dealings:need_contract", args=[here.need.slug])).content.decode()
    assert "1 300" not in page.replace("\u00a0", " ")
    assert ContractAnswer.objects.get(side="seller").amount == Decimal(1300)


def test_who_declines_says_why_to_the_buyer_alone():
    here = exchange(1)
    ((supplier, member),) = here.sellers
    (invitation,) = invite_suppliers(need=here.need, suppliers=[supplier], by=here.buyer)
    with pytest.raises(NotAllowed):
        decline_invitation(invitation=invitation, reason="busy", by=here.buyer)
    client = Client()
    client.force_login(member)
    page = reverse("dealings:need_quote", args=[here.need.slug])
    client.post(page, {"decline": "1", "reason": "busy", "note": "Grève chez nous", "supplier": supplier.pk})
    client.force_login(here.buyer)
    assert (
        "Grève chez nous"
        in client.get(reverse("dealings:need_quotes", args=[here.need.slug])).content.decode()
    )
    assert not NeedInvitation.objects.of_members(member).waiting().exists()


def test_what_is_stuck_is_listed_for_staff():
    here = exchange(1)
    supplier, member = here.sellers[0]
    question = ask_need_question(need=here.need, supplier=supplier, text="Quelle surface?", by=member)
    assert not stuck_needs().exists()
    NeedQuestion.objects.filter(pk=question.pk).update(asked_at=timezone.now() - timedelta(days=6))
    assert stuck_needs().get() == here.need
    client = Client()
    client.force_login(factories.PolePostFactory(pole=factories.pole("mauricie")).user)
    page = client.get(reverse("dealings_admin:stuck_exchanges")).content.decode()
    assert here.need.title in page
    assert "Quelle surface" not in page


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12 500,50 $", "12500.50"),
        ("12,500.50", "12500.50"),
        ("12.500", "12500"),
        ("mille", None),
        ("-5", None),
        ("1e9", None),
        ("0", None),
        ("9" * 20, None),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed, amount):
    from marketplace.dealings.need_exchanges.forms import QuoteForm

    form = QuoteForm({"amount": typed, "taxes": "added"}, {}, terms=None)
    assert form.is_valid() is (amount is not None)
    if amount:
        assert form.cleaned_data["amount"] == Decimal(amount)


def test_before_a_sealed_closing_the_buyer_does_not_read_who_answered():
    here = exchange(2)
    (first, _member), (second, _other) = here.sellers
    invite_suppliers(need=here.need, suppliers=[first, second], by=here.buyer)
    client = Client()
    client.force_login(here.buyer)
    record = reverse("dealings:invitation_record", args=[here.need.buyer.slug])

    def said() -> tuple[str, set[str]]:
        rows = exchange_facts(here.need, by=here.buyer)["invited"]["rows"]
        return client.get(record).content.decode().split("<tbody>")[1], {row[2] for row in rows}

    before = said()
    hand_in(here.need, here.sellers[0])
    assert said() == before, "an answer that came shows"
    close(here.need)
    page, answers = said()
    assert "a proposé" in page
    assert answers == {"Proposition reçue", "Sans réponse"}


def test_by_invitation_only_those_invited_answer():
    here = exchange(2, method="limited")
    invited, stranger = here.sellers
    invite_suppliers(need=here.need, suppliers=[invited[0]], by=here.buyer)
    assert mails("invited") == {invited[1].email}
    page = reverse("dealings:need_quote", args=[here.need.slug])
    for (_supplier, member), answers in ((invited, True), (stranger, False)):
        client = Client()
        client.force_login(member)
        assert (b'name="amount"' in client.get(page).content) is answers
    hand_in(here.need, invited)
    with pytest.raises(Refused, match="seules les entreprises invitées"):
        hand_in(here.need, stranger)


def test_what_was_typed_for_one_enterprise_is_never_another_ones():
    """Of two enterprises, that of the open page leaves the directory: its amount is not handed in by the other."""
    here = exchange(2)
    (gone, member), (other, _second) = here.sellers
    factories.MembershipFactory(organisation=other.organisation, user=member)
    type(gone).objects.filter(pk=gone.pk).update(status="archived")
    client = Client()
    client.force_login(member)
    page = reverse("dealings:need_quote", args=[here.need.slug])
    typed = {"supplier": gone.pk, "amount": "900", "taxes": "added", "submit": "1"}
    assert client.post(page, typed).status_code == 403
    assert not Quote.objects.exists()
