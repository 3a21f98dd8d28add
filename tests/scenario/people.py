"""What people do in every scenario: sign up, confirm from the mail, sign in, choose a button."""

from __future__ import annotations

import re

from allauth.account.models import EmailAddress
from playwright.sync_api import Page

from marketplace.accounts.models import User
from tests import factories

from .postman import Postman, body


def known(user: User) -> User:
    """Someone whose address was confirmed long ago."""
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def sign_in(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/compte/connexion/")
    fill_in_sign_in(page, email)


def fill_in_sign_in(page: Page, email: str) -> None:
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", factories.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"^(?!.*/connexion/).*$"))


def sign_up(page: Page, *, first_name: str, last_name: str, email: str) -> None:
    """From the page of sign-up; ends where it says to look at one's mail."""
    page.fill("input[name=first_name]", first_name)
    page.fill("input[name=last_name]", last_name)
    page.fill("input[name=email]", email)
    page.fill("input[name=password1]", factories.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/courriel/a-confirmer/"))


def confirm(page: Page, postman: Postman, email: str) -> None:
    """Open the mailed link and press its button; the link alone changes nothing."""
    letter = postman.wait_for(email)[0]
    found = re.search(r"https?://\S+/courriel/confirmer/\S+", body(letter))
    assert found is not None
    page.goto(found[0])
    assert not EmailAddress.objects.get(email=email).verified
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    assert EmailAddress.objects.get(email=email).verified
