"""An invitation: one per organisation and address, a token that is nowhere but in the mail, and the page it opens."""

import hashlib
import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.invitations import (
    InvitationUnusable,
    accept_invitation,
    create_invitation,
    find_invitation,
)
from marketplace.accounts.models import Invitation, Membership, User
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.invitations import invite_first_member
from tests import factories

pytestmark = pytest.mark.django_db

PASSWORD = "trois corneilles au printemps"


@pytest.fixture
def invited(pole_staff):
    """(invitation, token) for a listing of Mauricie."""
    organisation = factories.OrganisationFactory(name="Buanderie Le Rinçage")
    return create_invitation(organisation=organisation, email="Marie@Exemple.test", by=pole_staff)


def page(token):
    return reverse("accounts:invitation", kwargs={"token": token})


def answer(**changes):
    return {"first_name": "Marie", "last_name": "Gagnon", "password": PASSWORD} | changes


def test_invite_keeps_only_the_digest_of_the_token(invited):
    invitation, token = invited
    assert invitation.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) >= 43
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert token not in str(row)
    assert invitation.email == "marie@exemple.test"
    assert timedelta(days=13) < invitation.expires_at - timezone.now() <= timedelta(days=14)


def test_invite_again_replaces_the_open_invitation(invited, pole_staff):
    invitation, token = invited
    again, new_token = create_invitation(
        organisation=invitation.organisation, email="marie@exemple.test", by=pole_staff
    )
    assert again.pk == invitation.pk
    assert Invitation.objects.count() == 1
    with pytest.raises(InvitationUnusable):
        find_invitation(token)
    assert find_invitation(new_token) == invitation


def test_database_refuses_two_open_invitations_of_one_address(invited):
    invitation, _token = invited
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            organisation=invitation.organisation,
            email="MARIE@exemple.test",
            token_hash="autre",
            expires_at=timezone.now(),
        )


def test_invite_is_refused_to_foreign_staff_and_to_strangers(foreign_staff):
    organisation = factories.OrganisationFactory()
    for person in (foreign_staff, factories.UserFactory()):
        with pytest.raises(NotAllowed):
            create_invitation(organisation=organisation, email="a@exemple.test", by=person)
    assert not Invitation.objects.exists()


def test_invite_refuses_who_is_a_member_already(pole_staff):
    membership = factories.MembershipFactory()
    with pytest.raises(WrongMove):
        create_invitation(organisation=membership.organisation, email=membership.user.email, by=pole_staff)


def test_page_get_shows_the_organisation_and_changes_nothing(client, invited):
    invitation, token = invited
    response = client.get(page(token))
    assert response.status_code == 200
    assert "Buanderie Le Rinçage" in response.content.decode()
    assert 'autocomplete="new-password"' in response.content.decode()
    assert not User.objects.filter(email="marie@exemple.test").exists()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_page_post_makes_account_membership_and_signs_in(client, invited):
    invitation, token = invited
    response = client.post(page(token), answer())
    assert response.status_code == 302
    assert response.url == reverse("pages:my_space")
    user = User.objects.get(email="marie@exemple.test")
    assert (user.first_name, user.last_name) == ("Marie", "Gagnon")
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified
    assert Membership.objects.get(user=user).organisation == invitation.organisation
    assert client.session["_auth_user_id"] == str(user.pk)
    invitation.refresh_from_db()
    assert invitation.accepted_by == user


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"password": "court"}, "10"),
        ({"password": "motdepasse1234", "first_name": ""}, "Écrivez votre prénom."),
        ({"password": "marie@exemple.test"}, "password"),
    ],
)
def test_page_post_says_what_to_correct_and_keeps_the_invitation(client, invited, changes, says):
    _invitation, token = invited
    response = client.post(page(token), answer(**changes))
    assert response.status_code == 200
    assert response.context["form"].errors
    assert says in response.content.decode()
    assert not User.objects.filter(email="marie@exemple.test").exists()
    assert find_invitation(token)


def test_page_post_twice_makes_one_account(client, invited):
    _invitation, token = invited
    client.post(page(token), answer())
    client.logout()
    response = client.post(page(token), answer(first_name="Autre"))
    assert response.status_code == 404
    assert "a déjà servi" in response.content.decode()
    assert User.objects.filter(email="marie@exemple.test").count() == 1


@pytest.mark.parametrize("token", ["n-existe-pas", "x" * 300, "é", "%00"])
def test_page_of_an_unknown_token_says_so(client, token):
    response = client.get(page(token))
    assert response.status_code == 404
    assert "n’existe pas" in response.content.decode()


def test_page_of_an_expired_invitation_says_so(client, invited):
    invitation, token = invited
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = client.post(page(token), answer())
    assert response.status_code == 404
    assert "a expiré" in response.content.decode()
    assert not Membership.objects.filter(organisation=invitation.organisation).exists()


def test_existing_account_is_asked_to_sign_in_then_accepts(client, invited):
    invitation, token = invited
    user = factories.UserFactory(email="marie@exemple.test")
    response = client.get(page(token))
    assert "Un compte est déjà lié" in response.content.decode()
    assert f"{reverse('account_login')}?next={page(token)}" in response.content.decode()
    client.post(page(token), answer())  # without signing in: nothing
    assert not user.memberships.exists()
    client.force_login(user)
    assert "Accepter l’invitation" in client.get(page(token)).content.decode()
    response = client.post(page(token))
    assert response.url == reverse("pages:my_space")
    assert user.memberships.get().organisation == invitation.organisation


def test_someone_else_signed_in_cannot_take_the_invitation(client, invited):
    _invitation, token = invited
    other = factories.UserFactory()
    client.force_login(other)
    response = client.get(page(token))
    assert "Une autre personne est connectée" in response.content.decode()
    client.post(page(token), answer())
    assert not other.memberships.exists()
    assert not User.objects.filter(email="marie@exemple.test").exists()
    with pytest.raises(NotAllowed):
        accept_invitation(token=token, by=other)


def test_accepted_address_is_no_longer_someone_elses(client, invited):
    _invitation, token = invited
    squatter = factories.UserFactory()
    EmailAddress.objects.create(user=squatter, email="marie@exemple.test", verified=False)
    client.post(page(token), answer())
    assert EmailAddress.objects.get(email="marie@exemple.test").user.email == "marie@exemple.test"


def test_invite_member_writes_one_mail_with_the_link(client, pole_staff):
    supplier = factories.SupplierFactory(status="prospect", name="Atelier du Cap")
    invitation = invite_first_member(supplier=supplier, email="marie@exemple.test", by=pole_staff)
    message = Message.objects.get(kind="invitation")
    assert message.address == "marie@exemple.test"
    assert "Atelier du Cap" in message.title
    assert message.pole_id == "mauricie"
    link = re.search(r"https?://\S+(/compte/invitation/\S+/)", message.text)
    assert link, message.text
    assert client.get(link[1]).context["invitation"] == invitation


def test_invite_member_again_writes_another_mail(pole_staff):
    supplier = factories.SupplierFactory(status="prospect")
    invite_first_member(supplier=supplier, email="marie@exemple.test", by=pole_staff)
    invite_first_member(supplier=supplier, email="marie@exemple.test", by=pole_staff)
    assert Message.objects.filter(kind="invitation").count() == 2
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("email", ["", "marie", "marie@", "a b@exemple.test"])
def test_invite_member_refuses_what_is_no_address(pole_staff, email):
    supplier = factories.SupplierFactory(status="prospect")
    with pytest.raises(WrongMove):
        invite_first_member(supplier=supplier, email=email, by=pole_staff)
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


def test_invite_member_is_refused_to_foreign_staff(foreign_staff):
    supplier = factories.SupplierFactory(status="prospect")
    with pytest.raises(NotAllowed):
        invite_first_member(supplier=supplier, email="marie@exemple.test", by=foreign_staff)
    assert not Message.objects.exists()
