"""What has served is forgotten, history included; the proof of who asked and who decided stays."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from buyers.models import Buyer
from buyers.registration import register_institution
from marketplace.accounts.invitations import create_invitation
from marketplace.accounts.joining import (
    accept_join_request,
    forget_join_requests,
    refuse_join_request,
    withdraw_join_request,
)
from marketplace.accounts.models import Invitation, JoinRequest, Membership, Organisation
from marketplace.accounts.retention import forget_invitations
from marketplace.outbox.models import Message
from marketplace.web.private_files import PrivateFile, check_upload
from suppliers.claims import claim_supplier
from suppliers.models import Contact, CriterionAnswer, EvidenceFile, Registration, Supplier
from suppliers.registration.retention import (
    forget_unfinished_registrations,
    remind_unfinished_registrations,
)
from suppliers.tasks import forget_nightly as nightly
from tests import factories
from tests.suppliers.registration.builders import NEQ, filled, paper, submitted

pytestmark = pytest.mark.django_db
SECRET = "mot-reconnaissable"
YEAR = 365


def aged(model, row, **fields):
    """As if it had been so for that many days."""
    model.objects.filter(pk=row.pk).update(
        **{name: timezone.now() - timedelta(days=days) for name, days in fields.items()}
    )


def history(model):
    rows = []
    for events in set(model.pgh_event_models.values()):
        rows += [str(row) for row in events.objects.values()]
    return "\n".join(rows)


def remembers(*models):
    """Whether the secret still stands in a table or in its history."""
    return [m.__name__ for m in models if SECRET in history(m) + str(list(m.objects.values()))]


def a_claim(pole_staff, **more):
    checked = check_upload(paper(f"{SECRET}.pdf"))
    return claim_supplier(
        supplier=factories.SupplierFactory(), title=SECRET, message=SECRET, phone="819 555-0100",
        evidence=checked, by=factories.UserFactory(), **more,
    )  # fmt: skip


# -- requests --------------------------------------------------------------------------------------------------


def test_words_of_an_answered_claim_go_after_two_years_and_the_proof_stays(
    pole_staff, django_capture_on_commit_callbacks
):
    made = a_claim(pole_staff)
    file = made.evidence
    refuse_join_request(join_request=made, by=pole_staff, answer=SECRET)
    aged(JoinRequest, made, decided_at=2 * YEAR - 5)
    assert forget_join_requests(by=None) == 0
    assert remembers(JoinRequest) == ["JoinRequest"]
    aged(JoinRequest, made, decided_at=2 * YEAR + 5)
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_join_requests(by=None) == 1
    assert not PrivateFile.objects.filter(pk=file.pk).exists()
    assert not storages["private"].exists(file.place)
    assert remembers(JoinRequest) == []
    made.refresh_from_db()
    assert (made.state, made.decided_by, bool(made.decided_at)) == ("refused", pole_staff, True)
    assert made.is_forgotten
    assert "819 555-0100" not in history(JoinRequest)
    assert forget_join_requests(by=None) == 0, "twice changes nothing"


def test_what_was_taken_back_goes_after_one_year_and_what_waits_stays(pole_staff):
    waiting, mine = a_claim(pole_staff), a_claim(pole_staff)
    withdraw_join_request(join_request=mine, by=mine.user)
    aged(JoinRequest, waiting, created_at=9 * YEAR)
    aged(JoinRequest, mine, decided_at=YEAR + 5)
    assert forget_join_requests(by=None) == 1
    waiting.refresh_from_db()
    assert waiting.message == SECRET


def test_words_of_an_enrolment_go_and_who_decided_stays(pole_staff):
    person = factories.UserFactory(email=f"x@{SECRET}.test")
    seat = {"name": "Ville d’Exemple", "town": "Shawinigan", "mrc_id": "36", "region_id": "04"}
    made = register_institution(
        neq="8812345678", kind="municipality", place=seat, title=SECRET, message=SECRET, by=person
    )
    membership = accept_join_request(join_request=made, by=pole_staff, email_domains=[])
    aged(JoinRequest, made, decided_at=2 * YEAR + 5)
    assert forget_join_requests(by=None) == 1
    assert remembers(JoinRequest) == []
    made.refresh_from_db()
    assert (made.user, made.decided_by, made.state) == (person, pole_staff, "accepted")
    assert Membership.objects.filter(pk=membership.pk).exists()
    assert forget_join_requests(by=None) == 0


def test_the_back_room_says_that_words_are_gone(client, pole_staff):
    made = a_claim(pole_staff)
    refuse_join_request(join_request=made, by=pole_staff, answer=SECRET)
    aged(JoinRequest, made, decided_at=2 * YEAR + 5)
    forget_join_requests(by=None)
    client.force_login(pole_staff)
    page = client.get(f"/gestion/accounts/joinrequest/{made.pk}/change/").content.decode()
    assert "ce que la personne a dit est effacé" in page
    client.force_login(made.user)
    assert client.get(f"/fournisseurs/{made.organisation.supplier.slug}/revendiquer/").status_code == 200


# -- invitations -----------------------------------------------------------------------------------------------


def test_invited_addresses_go_once_they_have_served():
    organisation = factories.OrganisationFactory()
    for name in ("lapsed", "recent", "accepted"):
        create_invitation(organisation=organisation, email=f"{name}@{SECRET}.test", by=None)
    lapsed, recent, accepted = Invitation.objects.order_by("pk")
    aged(Invitation, lapsed, expires_at=100)
    aged(Invitation, recent, expires_at=10)
    aged(Invitation, accepted, expires_at=2 * YEAR, accepted_at=2 * YEAR + 5)
    assert forget_invitations(by=None) == 2
    assert list(Invitation.objects.order_by("pk").values_list("email", flat=True)) == [recent.email, ""]
    assert "lapsed@" not in history(Invitation)
    assert "accepted@" not in history(Invitation)
    assert forget_invitations(by=None) == 0


# -- unfinished registrations ----------------------------------------------------------------------------------


def idle(days, **more):
    person = factories.UserFactory(last_login=timezone.now() - timedelta(days=days))
    sheet = filled(person, name=f"Coop {SECRET}", **more)
    aged(Supplier, sheet, curated_at=days)
    return sheet, person


def test_unfinished_registration_is_announced_once_then_goes_with_all_it_held(
    django_capture_on_commit_callbacks,
):
    sheet, person = idle(YEAR - 25)
    gone = (Supplier, Organisation, Registration, Contact, CriterionAnswer, EvidenceFile, Membership)
    assert EvidenceFile.objects.count() == 1
    assert {"Organisation"} <= set(remembers(*gone))
    assert (remind_unfinished_registrations(by=None), remind_unfinished_registrations(by=None)) == (1, 0), (
        "one reminder"
    )
    message = Message.objects.get(kind="registration.lapsing")
    assert message.address == person.email
    assert f"/fournisseurs/inscription/{sheet.pk}/" in message.text
    aged(Supplier, sheet, curated_at=YEAR + 5)
    type(person).objects.filter(pk=person.pk).update(last_login=timezone.now() - timedelta(days=YEAR + 5))
    assert (
        remind_unfinished_registrations(by=None) == 1
    )  # another beginning, as far as this test has moved it
    assert forget_unfinished_registrations(by=None) == 0, "told too late to go yet"
    Message.objects.update(created_at=timezone.now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_unfinished_registrations(by=None) == 1
    assert remembers(*gone) == []
    assert not any(events.objects.exists() for model in gone for events in model.pgh_event_models.values())
    assert not PrivateFile.objects.exists()
    assert not Organisation.objects.filter(pk=sheet.organisation_id).exists()
    assert type(person).objects.filter(pk=person.pk).exists(), "the account is theirs"
    assert forget_unfinished_registrations(by=None) == 0


def test_who_came_back_or_sent_it_keeps_the_sheet():
    _seen, person = idle(YEAR + 5)
    remind_unfinished_registrations(by=None)
    Message.objects.update(created_at=timezone.now() - timedelta(days=31))
    type(person).objects.filter(pk=person.pk).update(last_login=timezone.now())
    other = factories.UserFactory(last_login=timezone.now() - timedelta(days=3 * YEAR))
    sent = submitted(other, neq="1167403226", name="Coop Envoyée")
    aged(Supplier, sent, curated_at=3 * YEAR)
    curated = factories.SupplierFactory(status="draft")  # a pôle's own draft: nobody registered it
    aged(Supplier, curated, curated_at=3 * YEAR)
    assert nightly() == (0, 0)
    assert Supplier.objects.count() == 3


def test_an_organisation_known_otherwise_stays_without_its_unverified_people():
    sheet, person = idle(YEAR + 5)
    Buyer.objects.create(organisation=sheet.organisation, slug="b", kind="municipality")
    remind_unfinished_registrations(by=None)
    Message.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert forget_unfinished_registrations(by=None) == 1
    assert Organisation.objects.filter(pk=sheet.organisation_id).exists()
    assert not Supplier.objects.exists()
    assert person.memberships.exists(), "of an institution"


def test_a_known_organisation_keeps_the_members_who_gave_up_a_registration():
    known = factories.MembershipFactory(organisation__neq=NEQ, role=Membership.Role.OWNER)
    sheet = filled(known.user)
    assert sheet.organisation == known.organisation
    aged(Supplier, sheet, curated_at=YEAR + 5)
    remind_unfinished_registrations(by=None)
    Message.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert forget_unfinished_registrations(by=None) == 1
    assert Membership.objects.filter(pk=known.pk).exists()


def test_reminder_speaks_the_readers_language():
    _sheet, person = idle(YEAR - 5)
    type(person).objects.filter(pk=person.pk).update(language="en")
    remind_unfinished_registrations(by=None)
    message = Message.objects.get(kind="registration.lapsing")
    assert message.headers["Content-Language"] == "en-CA"
    assert "has not been sent yet" in message.text
