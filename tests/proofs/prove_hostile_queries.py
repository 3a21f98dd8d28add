"""Every parameter of every address, every field of every form and every part of every path, with what nobody types.

No answer may be a fault of ours. Hypothesis draws the combinations; each parameter of a page is first tried alone.
`HOSTILE_EXAMPLES` (2,000 by role) and `HOSTILE_VALUES` (3 by parameter) make it longer or shorter.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.roles import posting
from tests.roles import world as worlds
from tests.roles.test_walk import path_of
from tests.roles.walking import addresses
from tests.security import hostile

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("HOSTILE_EXAMPLES", "2000"))
VALUES = int(os.environ.get("HOSTILE_VALUES", "3"))
ROLES = ["anonymous", "enterprise", "staff", "platform_admin"]
METHODS = ["PUT", "PATCH", "DELETE", "TRACE", "HEAD", "OPTIONS", "PROPFIND"]
#: Drawn once: the same values at every run.
chance = random.Random(20_260_727)


@pytest.fixture
def faults() -> Iterator[hostile.Faults]:
    found = hostile.Faults()
    with found.watching():
        yield found
    assert not found, f"\n{found}"


def hypothesis_settings(examples: int) -> Any:
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("role", ROLES)
def test_no_parameter_breaks_a_page(role, faults):
    """Those that the page itself shows, alone with a few values each; then any together, on any address."""
    world = worlds.build()
    client = posting.client_of(world, role)
    pages = {}
    for address in addresses():
        path = path_of(address, world.ids)
        first = client.get(path)
        if first.status_code == 200:
            pages[path] = hostile.names_on(first)
    every = hostile.names_in_source() | hostile.names_of_filters() | hostile.names_of_admin() | {""}
    for path, own in pages.items():
        usual = hostile.ADMIN_OWN if path.startswith("/gestion/") else ("q", "page", "pour", "next", "")
        for name in sorted(own | set(usual)):
            for value in ("%00", *chance.sample(hostile.ENCODED, VALUES)):
                faults.ask(f"{role} {path}?{name}={value}", client.get, f"{path}?{name}={value}")
    values = st.sampled_from(hostile.ENCODED)
    pairs = st.lists(st.tuples(st.sampled_from(sorted(every)), values), min_size=1, max_size=5)

    @hypothesis_settings(EXAMPLES)
    @given(st.sampled_from(sorted(pages)), pairs)
    def ask(path: str, asked: list[tuple[str, str]]) -> None:
        query = "&".join(f"{name}={value}" for name, value in asked)
        faults.ask(f"{role} {path}?{query}", client.get, f"{path}?{query}")

    ask()


@pytest.mark.parametrize("role", ["anonymous", "platform_admin"])
def test_no_path_and_no_method_breaks_an_address(role, faults):
    """Every changing part of every address, by GET and by POST; every address by methods that it does not know."""
    world = worlds.build()
    client = posting.client_of(world, role)
    for address in addresses():
        path = path_of(address, world.ids)
        for method in METHODS:
            faults.ask(f"{role} {method} {path}", client.generic, method, path)
        parts = [part for part in path.split("/") if part and f"/{part}/" not in f"/{address.route}/"]
        for part in parts:
            for value in ("%00", "9" * 5000, *chance.sample(hostile.ENCODED, VALUES)):
                asked = f"/{path.strip('/')}/".replace(f"/{part}/", f"/{value}/", 1)
                with posting.undone(client):
                    faults.ask(f"{role} GET {asked}", client.get, asked)
                    faults.ask(f"{role} POST {asked}", client.post, asked, {})


@pytest.mark.parametrize("role", ROLES)
def test_no_posted_value_breaks_a_page(role, faults):
    """Each field of each form that the reader sees (one of those alike), with a hostile value, repeated or left out; fields of views alone."""
    world = worlds.build()
    client = posting.client_of(world, role)
    forms: dict[str, tuple[str, posting.Data]] = {}
    for _key, path, data in posting.forms_of_pages(client, world):
        alike = re.sub(r"\d+", "0", f"{path} {sorted(hostile.different_fields(sorted(data)))}")
        forms.setdefault(alike, (path, data))
    raw = sorted(hostile.names_in_source("POST"))

    def post(path: str, data: dict[str, Any], changed: str) -> None:
        with posting.undone(client):
            faults.ask(f"{role} POST {path} {changed}", client.post, path, data)
        cache.clear()

    for path, data in forms.values():
        for name in hostile.different_fields(data):
            for value in ("\x00", *chance.sample(hostile.POSTED, VALUES)):
                post(path, data | {name: [value]}, f"{name}={value[:40]!r}")
            post(path, data | {name: [*data[name], *data[name], "x"]}, f"{name} repeated")
            post(path, {other: texts for other, texts in data.items() if other != name}, f"without {name}")
    pages = sorted(
        {path for path, _data in forms.values()}
        | {path_of(one, world.ids) for one in posting.posted_addresses()}
    )
    wanted = st.dictionaries(st.sampled_from(raw), st.sampled_from(hostile.POSTED), min_size=1, max_size=4)

    @hypothesis_settings(EXAMPLES // 2)
    @given(st.sampled_from(pages), wanted)
    def ask(path: str, data: dict[str, str]) -> None:
        post(path, data, re.sub(r"x{50,}", "x…", repr(data)))

    ask()
