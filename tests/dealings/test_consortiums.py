"""A consortium: proposed, invited, joined, written together, led by another, left, dissolved; its page is its members'."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from buyers.models import Lot
from marketplace.accounts.models import Organisation
from marketplace.dealings.consortiums import membership
from marketplace.dealings.models import Consortium, ConsortiumMember, Interest
from marketplace.dealings.notices import notice_key
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.models import Status, Supplier
from tests.factories import MembershipFactory, SupplierFactory, TenderFactory
from tests.web.versions import page_forms

pytestmark = pytest.mark.django_db
State = ConsortiumMember.State
CLEANING, CATERING, MOWING = "76111500", "90101600", "70111700"


@pytest.fixture
def tender():
    row = TenderFactory(unspsc=[CLEANING, CATERING, MOWING], estimated_amount=200_000)
    for n, (title, code) in enumerate(
        [("Ménage", CLEANING), ("Repas", CATERING), ("Tonte", MOWING)], start=1
    ):
        Lot.objects.create(tender=row, lot_id=str(n), position=n, title=title, unspsc=[code])
    return row


def enterprise(tender, name: str, code: str, **fields):
    """A published enterprise that looks for partners, and someone who acts for it."""
    supplier = SupplierFactory(name=name, offers=[(name, code)], serves=["R04"], **fields)
    Interest.objects.create(supplier=supplier, tender=tender, open_to_partners=True)
    user = MembershipFactory(organisation=supplier.organisation, user__email=f"{code}@exemple.test").user
    return supplier, user


@pytest.fixture
def three(tender):
    return [
        enterprise(tender, "Net et clair", CLEANING),
        enterprise(tender, "Bonne table", CATERING),
        enterprise(tender, "Beau gazon", MOWING),
    ]


def sign_in(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def formed(tender, three) -> Consortium:
    (lead, by), *others = three
    return membership.form_consortium(
        supplier=lead, notice=tender, invited=[supplier for supplier, _user in others], by=by
    )


def part_of(consortium, supplier) -> ConsortiumMember:
    return consortium.members.get(supplier=supplier)


def test_interest_leads_to_a_group_of_three_and_a_joint_answer(tender, three):
    """The whole road by the pages' own forms, as three people at once, without a script."""
    (first, anna), (second, bruno), (third, chloe) = three
    browsers = [sign_in(user) for user in (anna, bruno, chloe)]
    search = reverse("dealings:consortium_search", args=[notice_key(tender)])
    page = browsers[0].get(search)
    assert "Apporte : Repas; livraison en Mauricie" in page.content.decode()
    proposal = next(form for form in page_forms(page) if ("invite", str(second.pk)) in form["fields"])
    data = {"pour": first.pk, "invite": [value for name, value in proposal["fields"] if name == "invite"]}
    assert set(map(int, data["invite"])) == {second.pk, third.pk}
    for _double_click in range(2):
        browsers[0].post(search, data)
    consortium = Consortium.objects.get()
    assert Message.objects.filter(kind="consortiums.invited").count() == 2
    assert "Répondre à une invitation" in browsers[1].get("/mon-espace/").content.decode()

    shared, move = (
        reverse(f"dealings:{name}", args=[consortium.pk]) for name in ("consortium", "consortium_move")
    )
    asked = browsers[1].get(shared).content.decode()
    assert anna.email not in asked
    assert "Notre page commune" not in asked
    for browser, supplier in ((browsers[1], second), (browsers[2], third)):
        for _double_click in range(2):
            browser.post(move, {"move": "accept", "member": part_of(consortium, supplier).pk})
    assert consortium.members.inside().count() == 3
    assert Message.objects.filter(kind="consortiums.accepted").count() == 3  # the lead twice, the second once
    assert anna.email in browsers[1].get(shared).content.decode()

    def typed(browser) -> dict[str, str]:
        forms = (dict(form["fields"]) for form in page_forms(browser.get(shared)))
        return next(fields for fields in forms if "form_version" in fields)

    stale = typed(browsers[2])
    browsers[0].post(shared, typed(browsers[0]) | {"plan": "Net et clair signe."})
    browsers[1].post(shared, typed(browsers[1]) | {"answer": "Nous offrons les trois lots."})
    consortium.refresh_from_db()
    assert (consortium.plan, consortium.answer) == ("Net et clair signe.", "Nous offrons les trois lots.")
    assert browsers[2].post(shared, stale | {"plan": "Beau gazon signe."}).status_code == 409
    browsers[0].post(move, {"move": "lead", "member": part_of(consortium, third).pk})
    assert part_of(consortium, third).is_lead
    browsers[0].post(move, {"move": "dissolve"})
    assert Consortium.objects.get().is_standing
    browsers[2].post(move, {"move": "dissolve"})
    assert not Consortium.objects.get().is_standing
    assert Message.objects.filter(kind="consortiums.dissolved").count() == 2
    assert "Nous offrons les trois lots." in browsers[1].get(shared).content.decode()


def test_staff_see_that_a_group_exists_and_none_of_its_words(tender, three, pole_staff):
    consortium = formed(tender, three)
    (lead, anna), *_others = three
    membership.write_consortium_page(
        consortium=consortium, plan="Secret", answer="Secret", notes="Secret", by=anna
    )
    membership.describe_part(member=part_of(consortium, lead), brings="Secret", by=anna)
    browser = sign_in(pole_staff)
    for page in ("change", "history"):
        html = browser.get(
            reverse(f"admin:dealings_consortium_{page}", args=[consortium.pk])
        ).content.decode()
        assert "Groupement" in html
        assert "Secret" not in html
    assert browser.get(reverse("dealings:consortium", args=[consortium.pk])).status_code == 404
    search = reverse("dealings:consortium_search", args=[notice_key(tender)])
    late, _user = enterprise(tender, "Venue plus tard", "76111501")
    page = sign_in(anna).get(search).content.decode()
    assert late.organisation.name in page
    sign_in(anna).post(search, {"pour": lead.pk, "invite": [late.pk]})
    assert part_of(consortium, late).state == State.INVITED


def test_strangers_and_former_members_find_no_page(tender, three):
    consortium = formed(tender, three)
    (_first, anna), (second, bruno), _third = three
    shared = reverse("dealings:consortium", args=[consortium.pk])
    stranger = MembershipFactory(organisation=SupplierFactory().organisation).user
    assert sign_in(stranger).get(shared).status_code == 404
    assert sign_in(bruno).post(shared, {"answer": "Moi"}).status_code == 404
    membership.decline_invitation(member=part_of(consortium, second), by=bruno)
    assert sign_in(bruno).get(shared).status_code == 404
    with pytest.raises(WrongMove):
        membership.accept_invitation(member=part_of(consortium, second), by=bruno)
    with pytest.raises(NotAllowed):
        membership.dissolve_consortium(consortium=consortium, by=bruno)
    with pytest.raises(NotAllowed):
        membership.accept_invitation(member=part_of(consortium, three[2][0]), by=anna)


def test_who_looks_for_no_partner_cannot_be_asked_and_an_archived_one_cannot_come(tender, three):
    (lead, anna), (second, bruno), _third = three
    shy = SupplierFactory(name="Discrète")
    Interest.objects.create(supplier=shy, tender=tender, seen_by_others=True)
    with pytest.raises(WrongMove):
        membership.form_consortium(supplier=lead, notice=tender, invited=[shy], by=anna)
    assert not Consortium.objects.exists()
    consortium = formed(tender, three)
    Supplier.objects.filter(pk=second.pk).update(status=Status.SUSPENDED)
    with pytest.raises(WrongMove):
        membership.accept_invitation(member=part_of(consortium, second), by=bruno)
    assert Organisation.objects.filter(pk=second.organisation_id).exists()


def test_who_takes_an_interest_back_says_whether_to_leave_the_group(
    tender, three, django_assert_max_num_queries
):
    consortium = formed(tender, three)
    (first, anna), (second, bruno), _third = three
    membership.accept_invitation(member=part_of(consortium, second), by=bruno)
    page = reverse("dealings:interest", args=[notice_key(tender)])
    browser = sign_in(bruno)
    browser.get(page)
    with django_assert_max_num_queries(11):
        assert "quitter le groupement" in browser.get(page).content.decode()
    browser.post(page, {"supplier": second.pk, "undo": "1"})
    assert part_of(consortium, second).state == State.ACCEPTED
    browser = sign_in(anna)
    browser.post(page, {"supplier": first.pk, "undo": "leave"})
    assert part_of(consortium, first).state == State.LEFT
    assert part_of(consortium, second).is_lead
    assert not Interest.objects.filter(supplier__in=[first, second]).exists()


def test_the_lead_leaves_to_the_next_and_the_last_one_ends_it(tender, three):
    consortium = formed(tender, three)
    (lead, anna), (second, bruno), _third = three
    membership.accept_invitation(member=part_of(consortium, second), by=bruno)
    other, dora = enterprise(tender, "Autre tête", "76111501")
    rival = membership.form_consortium(supplier=other, notice=tender, invited=[second], by=dora)
    with pytest.raises(WrongMove, match="déjà partie"):
        membership.accept_invitation(member=part_of(rival, second), by=bruno)
    membership.leave_consortium(member=part_of(consortium, lead), by=anna)
    assert part_of(consortium, second).is_lead
    membership.leave_consortium(member=part_of(consortium, second), by=bruno)
    consortium.refresh_from_db()
    assert not consortium.is_standing
    membership.accept_invitation(member=part_of(rival, second), by=bruno)
