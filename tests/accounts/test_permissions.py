"""Who may do what: each predicate for each role, and the same answer as the queryset that lists use."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from marketplace.accounts.models import Membership, Organisation, User
from marketplace.accounts.permissions import (
    can_curate_organisation,
    can_invite_member,
    check_permission,
    is_member_of,
)
from marketplace.territories.models import Mrc
from marketplace.web.errors import NotAllowed
from suppliers.models import Supplier
from suppliers.permissions import can_curate_supplier
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisations():
    """Of the territory, assigned to the pôle from elsewhere, and neither."""
    laval = Mrc.objects.get(code="65")
    return {
        "inside": factories.OrganisationFactory(),
        "assigned": factories.OrganisationFactory(mrc=laval, pole=factories.pole("mauricie")),
        "unplaced": factories.OrganisationFactory(mrc=None, pole=factories.pole("mauricie")),
        "outside": factories.OrganisationFactory(mrc=laval),
        "nowhere": factories.OrganisationFactory(mrc=None),
    }


def people(organisations):
    member = factories.MembershipFactory(organisation=organisations["outside"]).user
    former = factories.PolePostFactory(until=timezone.localdate()).user
    coming = factories.PolePostFactory(since=timezone.localdate() + timedelta(days=1)).user
    return {
        "anonymous": AnonymousUser(),
        "nobody": factories.UserFactory(),
        "member": member,
        "pole staff": factories.PolePostFactory().user,
        "former staff": former,
        "coming staff": coming,
        "platform admin": factories.UserFactory(is_superuser=True),
    }


CURATES = {
    "anonymous": set(),
    "nobody": set(),
    "member": set(),
    "former staff": set(),
    "coming staff": set(),
    "pole staff": {"inside", "assigned", "unplaced"},
    "platform admin": {"inside", "assigned", "unplaced", "outside", "nowhere"},
}


@pytest.mark.parametrize("role", CURATES)
def test_can_curate_organisation_follows_the_role_and_the_territory(organisations, role):
    user = people(organisations)[role]
    allowed = {name for name, row in organisations.items() if can_curate_organisation(user, row)}
    assert allowed == CURATES[role]


@pytest.mark.parametrize("role", CURATES)
def test_predicate_and_queryset_agree(organisations, role):
    user = people(organisations)[role]
    listed = set(Organisation.objects.curated_by(user).values_list("pk", flat=True))
    assert listed == {row.pk for row in organisations.values() if can_curate_organisation(user, row)}


@pytest.mark.parametrize("role", CURATES)
def test_one_row_and_the_querysets_of_organisations_and_suppliers_agree(organisations, role):
    user = people(organisations)[role]
    suppliers = {row.pk: factories.SupplierFactory(organisation=row) for row in organisations.values()}
    listed = {row.organisation_id for row in Supplier.objects.curated_by(user)}
    assert listed == {pk for pk, supplier in suppliers.items() if can_curate_supplier(user, supplier)}
    assert listed == set(Organisation.objects.curated_by(user).values_list("pk", flat=True))


def test_member_sees_their_organisation_without_curating_it(organisations):
    user = people(organisations)["member"]
    assert is_member_of(user, organisations["outside"])
    assert not can_curate_organisation(user, organisations["outside"])
    assert set(Organisation.objects.visible_to(user)) == {organisations["outside"]}


def test_only_an_owner_among_members_invites(organisations):
    member = factories.MembershipFactory(
        organisation=organisations["inside"], role=Membership.Role.EDITOR
    ).user
    owner = factories.MembershipFactory(organisation=organisations["inside"], role=Membership.Role.OWNER).user
    assert not can_invite_member(member, organisations["inside"])
    assert can_invite_member(owner, organisations["inside"])


def test_check_permission_raises_what_the_verb_says_and_lets_the_system_act(organisations):
    nobody = factories.UserFactory()
    with pytest.raises(NotAllowed, match="Pas ici"):
        check_permission(can_curate_organisation, nobody, organisations["inside"], sentence="Pas ici.")
    check_permission(can_curate_organisation, None, organisations["inside"])
    check_permission(can_curate_organisation, factories.PolePostFactory().user, organisations["inside"])


def test_inactive_admin_and_staff_lose_every_right(organisations):
    admin = factories.UserFactory(is_superuser=True, is_active=False)
    staff = factories.PolePostFactory(user=factories.UserFactory(is_active=False)).user
    assert not can_curate_organisation(admin, organisations["inside"])
    assert not can_curate_organisation(staff, organisations["inside"])


def test_admin_opens_for_staff_only():
    assert factories.PolePostFactory().user.is_staff
    assert factories.UserFactory(is_superuser=True).is_staff
    assert not factories.MembershipFactory().user.is_staff


def test_covered_mrcs_come_from_the_pole_today():
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    assert {"371", "36", "51"} <= User.objects.get(pk=staff.pk).covered_mrcs
    assert "65" not in staff.covered_mrcs
