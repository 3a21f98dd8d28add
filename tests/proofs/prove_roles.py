"""The role walk with POST, whole: every address with an empty form, and every form of every page, as every role."""

from __future__ import annotations

import pytest

from tests.roles import posting
from tests.roles import world as worlds
from tests.roles.table import GET_ONLY, expected_form_posts, expected_posts
from tests.roles.walking import addresses


@pytest.mark.django_db
@pytest.mark.parametrize("role", worlds.ROLES)
def test_every_address_is_posted_to(role):
    table = expected_posts()
    assert not posting.faults_of_empty_posts(worlds.build(), role, addresses(), table)


@pytest.mark.django_db
def test_every_form_of_every_page_is_posted_by_every_role():
    world = worlds.build()
    forms = {
        (key, path): data
        for reader in ("anonymous", "enterprise", "buyer", "staff", "platform_admin")
        for key, path, data in posting.forms_of_pages(posting.client_of(world, reader), world)
    }
    assert len(forms) > 60
    table, wrong = expected_form_posts(), []
    for role in worlds.ROLES:
        wrong += posting.faults_of_forms(world, role, forms, table)
    assert not wrong, "\n".join(wrong)


def test_addresses_that_only_show_stand_apart():
    assert {address.key for address in addresses()} >= GET_ONLY
