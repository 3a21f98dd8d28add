"""The people of an organisation: invite, change, remove, leave, hand over; someone always answers for it."""

import threading

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client

from marketplace.accounts.invitations import InvitationUnusable, create_invitation, find_invitation
from marketplace.accounts.members import (
    cancel_invitation,
    change_member_role,
    hand_over_organisation,
    invite_member,
    leave_organisation,
    remove_member,
    resend_invitation,
)
from marketplace.accounts.models import Invitation, Membership, User
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, Refused, WrongMove
from tests import factories
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db
OWNER, EDITOR = Membership.Role.OWNER, Membership.Role.EDITOR


@pytest.fixture
def organisation():
    return factories.OrganisationFactory(name="Atelier Les Trois Rives")


@pytest.fixture
def owner(organisation):
    return factories.MembershipFactory(
        organisation=organisation, role=OWNER, user__first_name="Odette", user__last_name="Roy"
    )


@pytest.fixture
def editor(organisation):
    return factories.MembershipFactory(
        organisation=organisation, role=EDITOR, user__first_name="Émile", user__last_name="Caron"
    )


def page_of(organisation):
    return f"/mon-espace/organisations/{organisation.pk}/membres/"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


# -- verbs -----------------------------------------------------------------------------------------------------


def test_owner_invites_by_mail_with_a_role(organisation, owner):
    invite_member(organisation=organisation, email="Nouvelle@exemple.test", role=EDITOR, by=owner.user)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role) == ("nouvelle@exemple.test", EDITOR)
    message = Message.objects.get()
    assert message.address == "nouvelle@exemple.test"
    assert message.is_secret
    assert "Odette Roy vous invite à agir pour" in message.text
    assert "/compte/invitation/" in message.text


def test_invitation_mail_is_the_same_for_an_address_with_an_account(organisation, owner):
    factories.UserFactory(email="connue@exemple.test", first_name="")
    texts = []
    for email in ("connue@exemple.test", "inconnue@exemple.test"):
        invite_member(organisation=organisation, email=email, role=EDITOR, by=owner.user)
        text = Message.objects.get(address=email).text
        texts.append([line for line in text.splitlines() if "/compte/invitation/" not in line])
    assert texts[0] == texts[1]


def test_editor_does_not_look_after_people(organisation, owner, editor):
    with pytest.raises(NotAllowed):
        invite_member(organisation=organisation, email="x@exemple.test", role=EDITOR, by=editor.user)
    with pytest.raises(NotAllowed):
        change_member_role(membership=editor, role=OWNER, by=editor.user)
    with pytest.raises(NotAllowed):
        remove_member(membership=owner, by=editor.user)


def test_owner_of_another_organisation_changes_nothing(organisation, editor):
    stranger = factories.MembershipFactory(role=OWNER).user
    with pytest.raises(NotAllowed):
        remove_member(membership=editor, by=stranger)
    assert Membership.objects.filter(pk=editor.pk).exists()


def test_resending_replaces_the_link(organisation, owner):
    invitation = invite_member(organisation=organisation, email="x@exemple.test", role=EDITOR, by=owner.user)
    before = invitation.token_hash
    again = resend_invitation(invitation=invitation, by=owner.user)
    assert again.pk == invitation.pk
    assert again.token_hash != before
    assert Message.objects.count() == 2


def test_cancelled_invitation_opens_nothing(organisation, owner):
    _invitation, token = create_invitation(
        organisation=organisation, email="x@exemple.test", role=EDITOR, by=owner.user
    )
    cancel_invitation(invitation=_invitation, by=owner.user)
    with pytest.raises(InvitationUnusable):
        find_invitation(token)


def test_last_owner_cannot_leave_step_down_or_be_removed(organisation, owner, editor):
    with pytest.raises(WrongMove):
        leave_organisation(organisation=organisation, by=owner.user)
    with pytest.raises(WrongMove):
        change_member_role(membership=owner, role=EDITOR, by=owner.user)
    second = factories.MembershipFactory(organisation=organisation, role=OWNER, user__is_active=False)
    with pytest.raises(WrongMove):  # an account that is shut answers for nothing
        leave_organisation(organisation=organisation, by=owner.user)
    second.user.is_active = True
    second.user.save()
    leave_organisation(organisation=organisation, by=owner.user)
    assert set(organisation.memberships.values_list("role", flat=True)) == {OWNER, EDITOR}


def test_staff_of_the_territory_may_remove_even_the_last_owner(organisation, owner, pole_staff):
    remove_member(membership=owner, by=pole_staff)
    assert not organisation.memberships.exists()
    assert Message.objects.get().address == owner.user.email


def test_staff_of_another_territory_may_not(organisation, owner, foreign_staff):
    with pytest.raises(NotAllowed):
        remove_member(membership=owner, by=foreign_staff)


def test_handing_over_swaps_the_roles_and_tells(organisation, owner, editor):
    hand_over_organisation(organisation=organisation, to=editor, by=owner.user)
    owner.refresh_from_db()
    editor.refresh_from_db()
    assert (owner.role, editor.role) == (EDITOR, OWNER)
    message = Message.objects.get()
    assert message.address == editor.user.email
    assert "Odette Roy vous a cédé son rôle" in message.text
    leave_organisation(organisation=organisation, by=owner.user)


def test_place_is_not_handed_to_someone_of_another_organisation(organisation, owner):
    stranger = factories.MembershipFactory()
    with pytest.raises(WrongMove):
        hand_over_organisation(organisation=organisation, to=stranger, by=owner.user)
    stranger.refresh_from_db()
    assert stranger.role == EDITOR


def test_those_concerned_are_told(organisation, owner, editor):
    change_member_role(membership=editor, role=OWNER, by=owner.user)
    leave_organisation(organisation=organisation, by=editor.user)
    assert list(Message.objects.order_by("pk").values_list("address", "kind")) == [
        (editor.user.email, "members.role"),
        (owner.user.email, "members.left"),
    ]


def test_each_reads_in_their_language(organisation, owner, editor):
    owner.user.language = "en"
    owner.user.save()
    leave_organisation(organisation=organisation, by=editor.user)
    assert Message.objects.get().headers["Content-Language"].startswith("en")


@pytest.mark.django_db(transaction=True)
def test_two_owners_leaving_at_once_leave_one(organisation, owner):
    second = factories.MembershipFactory(organisation=organisation, role=OWNER)
    refused = []
    start = threading.Barrier(2)

    def leave(user_id):
        try:
            start.wait()
            leave_organisation(organisation=organisation, by=User.objects.get(pk=user_id))
        except Refused:
            refused.append(user_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=(row.user_id,)) for row in (owner, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert organisation.memberships.filter(role=OWNER).count() == 1


# -- invitations in Mon espace ---------------------------------------------------------------------------------


@pytest.fixture
def invited(organisation, owner):
    user = factories.UserFactory(email="invitee@exemple.test")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    invitation, _token = create_invitation(
        organisation=organisation, email=user.email, role=EDITOR, by=owner.user
    )
    return user, invitation


def test_invitation_waits_in_my_space_and_is_accepted_there(organisation, owner, invited):
    user, invitation = invited
    client = signed_in(user)
    page = client.get("/mon-espace/").content.decode()
    address = f"/mon-espace/invitations/{invitation.pk}/"
    assert address in page
    assert_clean(client.get(address))
    assert not user.memberships.exists()  # looking accepts nothing
    client.post(address)
    assert user.memberships.get().role == EDITOR
    assert Message.objects.filter(address=owner.user.email, kind="members.joined").exists()
    assert client.get(address).status_code == 404


def test_invitation_can_be_put_aside(invited):
    user, invitation = invited
    signed_in(user).post(f"/mon-espace/invitations/{invitation.pk}/", {"decline": "1"})
    assert not Invitation.objects.exists()
    assert not user.memberships.exists()


def test_address_that_is_not_confirmed_accepts_nothing(invited):
    user, invitation = invited
    EmailAddress.objects.update(verified=False)
    assert signed_in(user).post(f"/mon-espace/invitations/{invitation.pk}/").status_code == 404
    assert not user.memberships.exists()


def test_invitation_of_someone_else_does_not_exist(invited):
    _user, invitation = invited
    other = factories.UserFactory()
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    assert signed_in(other).post(f"/mon-espace/invitations/{invitation.pk}/").status_code == 404


# -- pages -----------------------------------------------------------------------------------------------------


def test_page_shows_people_and_who_added_them(organisation, owner, editor, django_assert_max_num_queries):
    change_member_role(membership=editor, role=OWNER, by=owner.user)
    invite_member(organisation=organisation, email="attend@exemple.test", role=EDITOR, by=owner.user)
    client = signed_in(owner.user)
    with django_assert_max_num_queries(12):
        response = client.get(page_of(organisation))
    assert_clean(response)
    page = response.content.decode()
    assert "Émile Caron devient responsable" in page
    assert "par Odette Roy" in page
    assert "attend@exemple.test" in page


def test_page_costs_the_same_for_one_and_for_many(organisation, owner, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    client = signed_in(owner.user)
    client.get(page_of(organisation))
    with CaptureQueriesContext(connection) as one:
        client.get(page_of(organisation))
    for _ in range(4):
        factories.MembershipFactory(organisation=organisation)
    with django_assert_num_queries(len(one)):
        client.get(page_of(organisation))


def test_editor_sees_colleagues_and_no_invitation(organisation, owner, editor):
    invite_member(organisation=organisation, email="attend@exemple.test", role=EDITOR, by=owner.user)
    page = signed_in(editor.user).get(page_of(organisation)).content.decode()
    assert "Odette Roy" in page
    assert "attend@exemple.test" not in page
    assert "Envoyer l’invitation" not in page


def test_stranger_gets_nothing(organisation, owner):
    stranger = factories.MembershipFactory(role=OWNER).user
    client = signed_in(stranger)
    for address in ("", "quitter/", f"{owner.pk}/retirer/", f"{owner.pk}/ceder/"):
        assert client.get(page_of(organisation) + address).status_code == 404
        assert client.post(page_of(organisation) + address).status_code == 404
    response = client.post(
        page_of(organisation) + "changer/", {"action": "role", "id": owner.pk, "role": EDITOR, "seen": OWNER}
    )
    assert response.status_code == 404
    assert organisation.memberships.get().role == OWNER


def test_staff_who_open_the_page_are_noted(organisation, owner, pole_staff):
    from marketplace.accounts.models import PersonalDataRead

    signed_in(pole_staff).get(page_of(organisation))
    assert PersonalDataRead.objects.get().reader == pole_staff


def test_bad_address_is_said_beside_the_field_and_kept(organisation, owner):
    response = signed_in(owner.user).post(page_of(organisation), {"email": "pas-une-adresse", "role": EDITOR})
    assert_clean(response)
    page = response.content.decode()
    assert "Ce courriel n’est pas complet" in page
    assert "pas-une-adresse" in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("data", [{}, {"action": "role", "id": "x"}, {"action": "cancel", "id": "9" * 30}])
def test_nonsense_is_answered_and_changes_nothing(organisation, owner, data):
    response = signed_in(owner.user).post(page_of(organisation) + "changer/", data, follow=True)
    assert response.status_code in (200, 404)
    assert organisation.memberships.get().role == OWNER


def test_buttons_act(organisation, owner, editor):
    client = signed_in(owner.user)
    client.post(
        page_of(organisation) + "changer/", {"action": "role", "id": editor.pk, "role": OWNER, "seen": EDITOR}
    )
    editor.refresh_from_db()
    assert editor.role == OWNER
    client.post(page_of(organisation), {"email": "x@exemple.test", "role": EDITOR})
    invitation = Invitation.objects.get()
    client.post(page_of(organisation) + "changer/", {"action": "cancel", "id": invitation.pk})
    assert not Invitation.objects.exists()
    assert_clean(client.get(page_of(organisation) + f"{editor.pk}/retirer/"))
    client.post(page_of(organisation) + f"{editor.pk}/retirer/")
    assert organisation.memberships.count() == 1
    client.post(page_of(organisation) + "quitter/")
    response = client.post(
        "/compte/confirmer-identite/",
        {"password": factories.PASSWORD, "next": page_of(organisation) + "quitter/"},
        follow=True,
    )
    assert "Il faut une personne responsable." in response.content.decode()


def test_person_without_organisation_is_told_where_to_start():
    page = signed_in(factories.UserFactory()).get("/mon-espace/").content.decode()
    assert "Pour qui agissez-vous?" in page


def test_role_that_changed_meanwhile_is_said_and_left(organisation, owner, editor):
    client, address = signed_in(owner.user), page_of(organisation) + "changer/"
    for seen in ({"seen": OWNER}, {}):
        posted = {"action": "role", "id": editor.pk, "role": OWNER, **seen}
        assert "a changé entretemps" in client.post(address, posted, follow=True).content.decode()
    editor.refresh_from_db()
    assert editor.role == EDITOR
