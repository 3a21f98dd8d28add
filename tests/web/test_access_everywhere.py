"""axe, targets, narrow screens, the console and the network: every page that the site has, as those who may open it.

The pages come from the table of addresses (tests/roles) and from the table of lists (tests/lists.py): a new page is
looked at because it stands there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import translate_url
from playwright.sync_api import Browser

from tests import lists
from tests.roles import world as worlds
from tests.roles.table import expected
from tests.roles.test_walk import path_of
from tests.roles.walking import addresses

from .access import NARROW, WIDE, window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Not pages: data, and what another part of a page asks for.
DATA = re.compile(
    r"^/api/v1/(?!docs)|/jsi18n/|/autocomplete/|\.(ics|csv|xlsx|xml|pdf|eml|atom|json|png)$|/inscription/\d+/codes/|/propositions/$|/healthz|/readyz|/robots.txt"
)
#: Histories share their template, and so do the lists and pages of rows that staff only read: some stand for the others,
#: which `dev.py prove access` looks at.
HISTORY = re.compile(r"^/gestion/(?!suppliers/supplier/).*/history/$")
ROWS = re.compile(r"^/gestion/(\w+)/(\w+)/(?:[^/]+/change/)?$")
STAND_FOR_THE_OTHERS = {"outbox.message", "suppliers.decision", "buyers.tender", "territories.region"}
#: Opened by everyone alike, and looked at once as a passer-by and once signed in.
ROLES = ("anonymous", "enterprise", "buyer", "staff", "platform_admin")


@dataclass(frozen=True)
class Widths:
    """At which widths the pages of a sweep are looked at. A page has the same pieces at each width and in each language."""

    page: tuple[int, ...]
    back_room: tuple[int, ...]
    english: tuple[int, ...]
    every_row: bool = False


#: Each page where it has least room, the back room as it is used, lists with rows on a wide screen.
#: `dev.py prove access` looks at everything at both widths, in both languages.
EVERY_PAGE = Widths(page=(NARROW,), back_room=(WIDE,), english=())
EVERY_LIST = Widths(page=(WIDE,), back_room=(WIDE,), english=())


def opened_by(role: str, ids: dict[str, object]) -> list[str]:
    """The pages that this role is the first in the list to open; for the next roles they are the same page."""
    table, place = expected(), worlds.ROLES.index(role)
    before = [worlds.ROLES.index(other) for other in ROLES[: ROLES.index(role)]]
    own = {"pages:my_space", "accounts:members"}
    paths = []
    for address in addresses():
        letters = table.get(address.key, "")
        if letters[place : place + 1] != "o":
            continue
        if address.key not in own and any(letters[other] == "o" for other in before):
            continue
        path = path_of(address, ids)
        if not DATA.search(path):
            paths.append(path)
    return paths


def is_like_others(path: str) -> bool:
    """The list or the page of rows that nobody changes, without templates of their own."""
    found = ROWS.match(path)
    if found is None or f"{found[1]}.{found[2]}" in STAND_FOR_THE_OTHERS:
        return False
    if (Path(settings.BASE_DIR) / "templates" / "admin" / found[1] / found[2]).exists():
        return False
    label = f"{found[1]}.{found[2]}"
    shown = next(
        (one for model, one in admin.site._registry.items() if model._meta.label_lower == label), None
    )
    return shown is not None and "change" not in {*shown.staff_may, *shown.platform_may}


def inspect(browser: Browser, base: str, user: object, paths: list[str], widths: Widths) -> list[str]:
    inspector = window(browser, base, user)
    found: list[str] = []
    for path in paths:
        if not widths.every_row and (HISTORY.match(path) or is_like_others(path)):
            continue
        if path.startswith("/gestion/"):
            found += inspector.faults(path, widths=widths.back_room)
            continue
        found += inspector.faults(path, widths=widths.page)
        other = translate_url(path, "en")
        if widths.english and other != path:
            found += inspector.faults(other, widths=widths.english)
    inspector.context.close()
    return found


#: The back room has most pages: in parts, so that no worker is still at it when the others are done.
PARTS = [(role, part) for role in ROLES for part in (("1/3", "2/3", "3/3") if role == "staff" else ("1/1",))]


@pytest.mark.parametrize(("role", "part"), PARTS)
def test_every_page_is_open_to_everybody(role, part, browser, live_server):
    world = worlds.build()
    number, parts = map(int, part.split("/"))
    paths = opened_by(role, world.ids)[number - 1 :: parts]
    assert paths or role == "buyer"
    faults = inspect(browser, live_server.url, world.people[role], paths, EVERY_PAGE)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("person", ["anonymous", "member"])
def test_every_list_with_rows_is_open_to_everybody(person, browser, live_server):
    """The lists of the back room share their template: `dev.py prove access` looks at each with rows."""
    look_at_lists(person, browser, live_server.url)


def look_at_lists(person: str, browser: Browser, base: str) -> None:
    world = lists.World()
    world.add()
    world.add()
    paths = [
        page.address
        for page in lists.lists().values()
        if person in page.people
        and not DATA.search(page.address)
        and (person == "anonymous" or "anonymous" not in page.people or page.address == "/fournisseurs/")
        and (person != "staff" or page.room == "admin" or page.address == "/mon-espace/")
    ]
    faults = inspect(browser, base, world.people[person], paths, EVERY_LIST)
    assert not faults, "\n".join(faults)
