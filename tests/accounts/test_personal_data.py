"""Law 25: what we hold about a person leaves with them, history included."""

import pytest
from allauth.account.models import EmailAddress

from marketplace.accounts import personal_data
from marketplace.accounts.consents import give_consent
from marketplace.accounts.invitations import create_invitation
from marketplace.accounts.models import Consent, Invitation, Membership, User
from marketplace.accounts.personal_data import (
    erase_personal_data,
    export_personal_data,
    record_personal_data_read,
    register_personal_data,
)
from marketplace.web.errors import NotAllowed
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    user = factories.UserFactory(email="marie@exemple.test", first_name="Marie")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    factories.MembershipFactory(user=user)
    give_consent(user=user, purpose=Consent.Purpose.ALERTS, wording="Oui", by=user)
    create_invitation(organisation=factories.OrganisationFactory(), email=user.email, by=None)
    return user


def test_export_says_what_the_account_holds(person):
    held = export_personal_data(person)["accounts"]
    assert held["email"] == "marie@exemple.test"
    assert held["consents"][0]["wording"] == "Oui"
    assert held["memberships"][0]["organisation"]


def test_erase_leaves_neither_rows_nor_history(person):
    other = factories.MembershipFactory().user
    erase_personal_data(user=person, by=other.__class__.objects.get(pk=person.pk))
    assert not User.objects.filter(email="marie@exemple.test").exists()
    assert not Invitation.objects.filter(email="marie@exemple.test").exists()
    assert not Invitation.pgh_event_model.objects.filter(email="marie@exemple.test").exists()
    assert not Membership.pgh_event_model.objects.exclude(user_id=other.pk).exists()
    assert not Consent.pgh_event_model.objects.exists()
    assert Membership.pgh_event_model.objects.filter(user_id=other.pk).exists()


def test_erase_unnames_who_invited():
    staff = factories.PolePostFactory().user
    create_invitation(organisation=factories.OrganisationFactory(), email="a@exemple.test", by=staff)
    erase_personal_data(user=staff, by=None)
    assert Invitation.objects.get().invited_by is None
    assert not Invitation.pgh_event_model.objects.filter(invited_by_id__isnull=False).exists()


def test_erase_is_for_the_person_or_the_platform(person, pole_staff, platform_admin):
    with pytest.raises(NotAllowed):
        erase_personal_data(user=person, by=pole_staff)
    erase_personal_data(user=person, by=platform_admin)
    assert not User.objects.filter(email="marie@exemple.test").exists()


def test_a_room_registers_and_is_asked_from_the_top_down(person, monkeypatch):
    monkeypatch.setattr(personal_data, "_providers", dict(personal_data._providers))
    erased = []
    for name in ("lower", "upper"):
        register_personal_data(name, export=lambda u: u.pk, erase=lambda _u, name=name: erased.append(name))
    assert export_personal_data(person)["upper"] == person.pk
    erase_personal_data(user=person, by=None)
    assert erased == ["upper", "lower"]


def test_record_read_keeps_who_and_what(pole_staff):
    organisation = factories.OrganisationFactory()
    record_personal_data_read(reader=pole_staff, organisation=organisation, what="supplier.sheet")
    read = organisation.personal_data_reads.get()
    assert (read.reader, read.what) == (pole_staff, "supplier.sheet")
