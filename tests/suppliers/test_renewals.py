"""A verification near its end: reminders once each, an attestation that proves nothing, a renewal by the pôle."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.criteria import Found, record_findings
from suppliers.emails import VERIFICATION_LAPSING
from suppliers.models import CriterionAnswer, Supplier
from suppliers.renewals import (
    attest_supplier,
    remind_lapsing_verifications,
    remind_supplier,
    reminder_due,
    renew_proofs,
)
from suppliers.undoing import undo_decision
from suppliers.verification import verification_of
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def ends_in(days: int, **more) -> Supplier:
    """A published supplier with a member, verified for so many days more."""
    until = timezone.localdate() + timedelta(days=days)
    supplier = factories.SupplierFactory(
        proved=6, proved__on=until - timedelta(days=365), proved__until=until, **more
    )
    factories.MembershipFactory(organisation=supplier.organisation)
    return supplier


def member_of(supplier: Supplier):
    return supplier.organisation.memberships.get().user


def reminders() -> list[str]:
    return list(
        Message.objects.filter(kind=VERIFICATION_LAPSING.kind).order_by("pk").values_list("title", flat=True)
    )


@pytest.fixture
def staff():
    return factories.PolePostFactory().user


@pytest.mark.parametrize(
    ("days", "due"), [(61, None), (60, 60), (31, 60), (30, 30), (1, 30), (0, 30), (-1, 0), (-400, 0)]
)
def test_reminder_due_is_the_last_that_was_reached(days, due):
    assert reminder_due(TODAY + timedelta(days=days), TODAY) == due


def test_reminders_go_at_sixty_thirty_and_zero_days_once_each():
    supplier = ends_in(60)
    end = supplier.verified_until
    for days, total in ((70, 0), (60, 1), (59, 1), (30, 2), (29, 2), (0, 2), (-1, 3), (-30, 3)):
        with time_machine.travel(datetime.combine(end - timedelta(days=days), time(15), UTC), tick=False):
            remind_lapsing_verifications(by=None)
            assert len(reminders()) == total, days


def test_reminder_says_the_day_and_leads_to_the_button():
    supplier = ends_in(-3)
    assert remind_lapsing_verifications(by=None) == 1
    text = Message.objects.get(kind=VERIFICATION_LAPSING.kind).text
    assert "est échue depuis le" in text
    assert f"/fournisseurs/inscription/{supplier.pk}/" in text


def test_attestation_proves_nothing_and_asks_the_pole(client):
    supplier = ends_in(-3)
    attest_supplier(supplier=supplier, by=member_of(supplier))
    assert not verification_of(Supplier.objects.get(pk=supplier.pk)).is_verified
    assert supplier in Supplier.objects.waiting()
    remind_lapsing_verifications(by=None)
    assert reminders() == []
    with pytest.raises(WrongMove, match="déjà attesté"):
        attest_supplier(supplier=supplier, by=member_of(supplier))


def test_attestation_is_refused_far_from_the_end_and_to_strangers():
    supplier = ends_in(200)
    with pytest.raises(WrongMove, match="soixante jours"):
        attest_supplier(supplier=supplier, by=member_of(supplier))
    with pytest.raises(NotAllowed):
        attest_supplier(supplier=ends_in(10), by=member_of(supplier))


def test_renewal_needs_the_attestation_and_gives_new_days(staff):
    supplier = ends_in(-3)
    with pytest.raises(WrongMove, match="pas attesté"):
        renew_proofs(supplier=supplier, by=staff)
    attest_supplier(supplier=supplier, by=member_of(supplier))
    renew_proofs(supplier=supplier, by=staff)
    renewed = Supplier.objects.get(pk=supplier.pk)
    assert verification_of(renewed).is_verified
    assert renewed.verified_on == timezone.localdate()
    assert renewed.attested_at is None
    assert renewed not in Supplier.objects.waiting()


def test_renewal_is_undone_but_for_what_was_found_since(staff):
    supplier = ends_in(-3)
    attest_supplier(supplier=supplier, by=member_of(supplier))
    columns = ("criterion", "proved_on", "expires_on", "pole", "proved_by")
    proofs = CriterionAnswer.objects.filter(supplier=supplier)
    before = list(proofs.values_list(*columns))
    renewal = renew_proofs(supplier=supplier, by=staff)
    record_findings(supplier=supplier, by=staff, findings={6: Found("proved", basis="call")})
    undo_decision(decision=renewal, by=staff)
    assert list(proofs.exclude(criterion=6).values_list(*columns)) == before[:5]
    assert proofs.get(criterion=6).basis == "call"
    supplier = Supplier.objects.get(pk=supplier.pk)
    assert supplier.attested_at is not None
    assert verification_of(supplier).state == "lapsed"
    renew_proofs(supplier=supplier, by=staff)  # and again
    assert verification_of(Supplier.objects.get(pk=supplier.pk)).is_verified


def test_renewal_leaves_the_criterion_that_was_answered_anew(staff):
    supplier = ends_in(-3)
    CriterionAnswer.objects.filter(supplier=supplier, criterion=4).update(state="", text="Nouveau bilan.")
    attest_supplier(supplier=supplier, by=member_of(supplier))
    renew_proofs(supplier=supplier, by=staff)
    verification = verification_of(Supplier.objects.get(pk=supplier.pk))
    assert (verification.proved, verification.is_verified) == (5, False)


def test_renewal_belongs_to_staff_of_the_territory():
    supplier = ends_in(-3)
    attest_supplier(supplier=supplier, by=member_of(supplier))
    for stranger in (member_of(supplier), factories.PolePostFactory(pole=factories.pole("estrie")).user):
        with pytest.raises(NotAllowed):
            renew_proofs(supplier=supplier, by=stranger)


def test_staff_remind_once_a_day_and_are_told_where_nobody_holds_the_listing(staff):
    supplier = ends_in(20)
    remind_supplier(supplier=supplier, by=staff)
    with pytest.raises(WrongMove, match="Appelez"):
        remind_supplier(supplier=supplier, by=staff)
    supplier.organisation.memberships.all().delete()
    with pytest.raises(WrongMove, match="Appelez"):
        remind_supplier(supplier=supplier, by=staff)
    assert len(reminders()) == 1


def test_member_attests_with_one_button(client):
    supplier = ends_in(10)
    client.force_login(member_of(supplier))
    page = f"/fournisseurs/inscription/{supplier.pk}/envoi/"
    response = client.get(page)
    assert "J’atteste que rien n’a changé" in response.content.decode()
    answer = client.post(f"/fournisseurs/inscription/{supplier.pk}/attester/", follow=True)
    assert "votre pôle va renouveler les preuves" in answer.content.decode()
    assert "J’atteste que rien n’a changé" not in answer.content.decode()


def test_what_waits_says_lapsed_to_staff_and_renewal_to_members(client, staff):
    suppliers = [ends_in(-3) for _ in range(3)]
    client.force_login(staff)
    home = client.get("/gestion/").content.decode()
    assert "fiches dont la vérification est échue" in home
    rows = client.get("/gestion/suppliers/supplier/?verification=lapsed").content.decode()
    assert all(str(supplier) in rows for supplier in suppliers)
    client.force_login(member_of(suppliers[0]))
    assert "Sa vérification est échue depuis le" in client.get("/mon-espace/").content.decode()


def test_staff_renew_several_at_once(client, staff):
    suppliers = [ends_in(-3) for _ in range(2)]
    attest_supplier(supplier=suppliers[0], by=member_of(suppliers[0]))
    client.force_login(staff)
    posted = {"action": "renew_selected_suppliers", "_selected_action": [one.pk for one in suppliers]}
    page = client.post("/gestion/suppliers/supplier/", posted).content.decode()
    assert "sont renouvelées à partir d’aujourd’hui" in page
    client.post("/gestion/suppliers/supplier/", posted | {"confirmed": "1"})
    assert [verification_of(Supplier.objects.get(pk=one.pk)).is_verified for one in suppliers] == [
        True,
        False,
    ]


def test_proofs_found_one_by_one_end_the_wait_of_an_attestation(staff):
    supplier = ends_in(20)
    attest_supplier(supplier=supplier, by=member_of(supplier))
    anew = {number: Found("proved", basis="call") for number in range(1, 7)}
    record_findings(supplier=supplier, by=staff, findings={1: anew.pop(1)})
    supplier.refresh_from_db()
    assert supplier.attested_at is not None  # five are still to renew
    record_findings(supplier=supplier, by=staff, findings=anew)
    supplier.refresh_from_db()
    assert supplier.attested_at is None  # else it would never be reminded again, nor attest
