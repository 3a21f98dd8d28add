"""Posting to every address as every role: what the pages' own forms would post, and nothing; each undone after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from tests.web.versions import page_forms

from .table import FORMERLY, GET_ONLY
from .test_walk import letter_of, path_of
from .walking import Address, addresses
from .world import ROLES, World

Data = dict[str, list[str]]
REFUSED = "lmfn"
#: What a request writes whoever sends it, and that gives nobody anything: sessions, and the log of what was refused.
ALWAYS = re.compile(r'^(INSERT INTO|UPDATE|DELETE FROM) "(django_session|security_\w+)"')
WRITES = re.compile(
    r"^\s*(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|COPY|WITH\b.*\b(INSERT|UPDATE|DELETE)\b)", re.DOTALL
)


class Writes:
    """The statements that wrote."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql)
        if WRITES.match(text) and not ALWAYS.match(text):
            self.found.append(text[:120])
        return execute(sql, params, many, context)


@contextmanager
def undone(client: Client) -> Iterator[Writes]:
    """Whatever is written inside is taken back, and whoever signs out stays in."""
    writes, cookies = Writes(), client.cookies.output()
    with transaction.atomic():
        with connection.execute_wrapper(writes):
            yield writes
        transaction.set_rollback(True)
    if client.cookies.output() != cookies:
        client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    cache.clear()  # how often one may ask is another test's


def forms_of_pages(client: Client, world: World) -> Iterator[tuple[str, str, Data]]:
    """(key of the address that it posts to, its path, what it would post untouched) for every form that this reader sees."""
    for address in addresses():
        path = path_of(address, world.ids)
        with undone(client):
            page: HttpResponse = client.get(path)
        if page.status_code != 200 or page.streaming or "html" not in page["Content-Type"]:
            continue
        for form in page_forms(page):
            target = (form["action"] or path).partition("?")[0]
            try:
                match = resolve(target)
            except Resolver404:
                continue
            data: Data = {}
            for name, value in form["fields"]:
                data.setdefault(name, []).append(value)
            yield match.view_name or match.route, target, data


def letter_of_post(response: HttpResponse) -> str:
    """As the table's; « o » for whatever was read and answered: done, explained, or asked to choose."""
    letter = letter_of(response)
    return "o" if letter in ("a", "b", "409") else letter


def client_of(world: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    if world.people[role] is not None:
        client.force_login(world.people[role])
    return client


def posted_addresses() -> list[Address]:
    """Those that take a POST; allauth's former addresses only lead on."""
    return [one for one in addresses() if one.key not in GET_ONLY and one.key not in FORMERLY]


def faults_of_empty_posts(world: World, role: str, shown: list[Address], table: dict[str, str]) -> list[str]:
    """Where the answer is not the table's, or a refusal wrote something."""
    client, place = client_of(world, role), ROLES.index(role)
    found = []
    for address in shown:
        path = path_of(address, world.ids)
        found += _fault(client, address.key, path, {}, table[address.key][place], role)
    return found


def faults_of_forms(
    world: World, role: str, forms: dict[tuple[str, str], Data], table: dict[str, str]
) -> list[str]:
    """The same with what each page's own form would post; of a row that the table does not walk, only what is refused."""
    client, place = client_of(world, role), ROLES.index(role)
    walked = {address.key: path_of(address, world.ids) for address in addresses()}
    found = []
    for (key, path), data in forms.items():
        expected = table[key][place] if walked.get(key) == path else ""
        found += _fault(client, key, path, data, expected, role)
    return found


def _fault(client: Client, key: str, path: str, data: Data, expected: str, role: str) -> list[str]:
    with undone(client) as writes:
        response = client.post(path, data)
        if response.streaming:
            b"".join(response.streaming_content)
    letter = letter_of_post(response)
    if expected and letter != expected:
        return [f"{role} {key} {path}: {letter}, not {expected}"]
    if len(letter) > 1:
        return [f"{role} {key} {path}: {letter}"]
    if letter in REFUSED and writes.found:
        return [f"{role} {key} {path}: refused ({letter}), and wrote {writes.found[:3]}"]
    return []
