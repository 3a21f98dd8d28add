"""Granting or ending a role is told to those concerned, and stands in the history of the account with who did it."""

from __future__ import annotations

import html

import pytest

from marketplace.accounts.models import User
from marketplace.accounts.personal_data import erase_personal_data
from marketplace.accounts.poles import appoint_to_pole, end_pole_post
from marketplace.outbox.models import Message
from tests import factories
from tests.admin.conftest import signed_in
from tests.web.versions import version_of

pytestmark = pytest.mark.django_db


def told() -> set[tuple[str, str]]:
    return set(Message.objects.values_list("kind", "address"))


def save_account(client, user, posts=(), memberships=(), **changes):
    """The admin's form of an account, as a browser posts it."""
    fields = {
        "email": user.email,
        "first_name": "Zoé",
        "last_name": "Roy",
        "language": "fr",
        "is_active": "on",
    }
    page = f"/gestion/accounts/user/{user.pk}/change/"
    data = {**fields, **changes}
    for prefix, rows in (("pole_posts", posts), ("memberships", memberships), ("consents", ())):
        data |= {
            f"{prefix}-TOTAL_FORMS": len(rows),
            f"{prefix}-INITIAL_FORMS": sum("id" in row for row in rows),
        }
        for number, row in enumerate(rows):
            data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
            data[f"{prefix}-{number}-user"] = user.pk
    data |= version_of(client, page)
    response = client.post(page, data, follow=True)
    assert "Enregistré" in response.content.decode()


def test_post_given_and_ended_is_told(platform_admin, mauricie):
    user = factories.UserFactory()
    post = appoint_to_pole(user=user, pole=mauricie, by=platform_admin)
    assert told() == {("roles.post_given", user.email)}
    end_pole_post(post=post, by=platform_admin)
    assert told() == {("roles.post_given", user.email), ("roles.post_ended", user.email)}


def test_platform_administration_is_told_to_the_person_and_the_others(platform_admin):
    user = factories.UserFactory()
    client = signed_in(platform_admin)
    save_account(client, user, is_superuser="on")
    assert told() == {("roles.administration", user.email), ("roles.administrators", platform_admin.email)}
    history = html.unescape(client.get(f"/gestion/accounts/user/{user.pk}/history/").content.decode())
    assert "Administration de la plateforme" in history
    assert str(platform_admin) in history


def test_changed_address_is_told_to_the_former_one_and_kept(platform_admin):
    user = factories.UserFactory(email="ancienne@exemple.test")
    client = signed_in(platform_admin)
    save_account(client, user, email="nouvelle@exemple.test")
    assert told() == {("roles.address", "ancienne@exemple.test")}
    history = client.get(f"/gestion/accounts/user/{user.pk}/history/").content.decode()
    assert "ancienne@exemple.test" in history
    assert str(platform_admin) in html.unescape(history)


def test_post_and_role_given_in_the_form_are_told(platform_admin):
    user = factories.UserFactory()
    holder = factories.MembershipFactory(role="owner")
    save_account(
        signed_in(platform_admin),
        user,
        posts=[{"pole": "mauricie", "since": "2026-01-01"}],
        memberships=[{"organisation": holder.organisation_id, "role": "editor"}],
    )
    assert told() == {
        ("roles.post_given", user.email),
        ("members.role", user.email),
        ("members.joined", holder.user.email),
    }


def test_erasing_a_person_erases_the_history_of_the_account(platform_admin):
    user = factories.UserFactory(email="ancienne@exemple.test")
    User.objects.filter(pk=user.pk).update(email="nouvelle@exemple.test")
    pk = user.pk
    events = User.pgh_event_model.objects.filter(pgh_obj_id=pk)
    assert events.count() == 2
    user.refresh_from_db()
    erase_personal_data(user=user, by=platform_admin)
    assert not events.exists()
