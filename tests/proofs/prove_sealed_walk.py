"""`dev.py prove sealed_walk`: nothing that anybody else can open changes when an enterprise answers a sealed call.

Every address of the site as every role but the enterprise's own, before and after it hands in, replaces and withdraws: bodies,
lengths and tags must stay the same. Where a page also differs by itself from one reading to the next (a log, a token), the
enterprise and the call are named in it as often as before.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from buyers.models import Need
from marketplace.dealings.models import NeedInvitation, Quote
from marketplace.dealings.need_exchanges.quoting import withdraw_quote
from tests import factories
from tests.dealings.exchanges import hand_in
from tests.roles import world as worlds
from tests.roles.posting import client_of
from tests.roles.test_walk import path_of
from tests.roles.walking import addresses

OTHERS = [role for role in worlds.ROLES if role != "enterprise"]
TOKENS = re.compile(
    rb'(csrfmiddlewaretoken"[^>]*value|nonce|form_version"[^>]*value|name="key"[^>]*value)="[^"]*"'
)
#: They grow by what the reader itself opens.
LOGS = ("/gestion/security/securityevent/", "/gestion/accounts/personaldataread/")
#: What may say that something changed without saying what.
HEADERS = ("ETag", "Last-Modified")
NAME = b"Xylophone du Nord"
WORDS = (NAME, b"Aiguille", b"48731", b"48 731", worlds.SECRET_NEED.encode())


@pytest.mark.django_db
@pytest.mark.parametrize("role", OTHERS)
def test_what_others_read_does_not_change_when_one_answers(role):
    with time_machine.travel(timezone.now(), tick=False):
        walk(role)


def walk(role: str) -> None:
    world = worlds.build()
    need = Need.objects.get(slug="echange-zacharie")
    supplier = factories.SupplierFactory(name=NAME.decode(), serves=["R04"])
    member = factories.MembershipFactory(organisation=supplier.organisation).user
    NeedInvitation.objects.create(need=need, supplier=supplier, told_at=need.published_at)
    client = client_of(world, role)
    paths = sorted(
        {path_of(address, world.ids) for address in addresses()}
        | {f"/besoins/{need.slug}/{part}" for part in ("", "qui-peut-repondre/", "questions/", "proposition/", "propositions/", "dossier.pdf", "contrat/")}
        | {f"/besoins/{need.slug}/propositions/{pk}/fichier/" for pk in (world.ids["dealings_quote"], 10**6)}
        | {f"/api/v1/needs/{need.slug}/", "/mon-espace/mes-donnees/", "/gestion/"}
    )  # fmt: skip
    before = {path: read(client, path) for path in paths}
    quote = hand_in(need, (supplier, member), "48731", conditions="Aiguille")
    again = hand_in(need, (supplier, member), "48000", conditions="Aiguille encore")
    assert again == quote
    changed = [path for path in paths if read(client, path) != before[path]]
    withdraw_quote(quote=quote, by=member)
    hand_in(need, (supplier, member), "47000")
    assert Quote.objects.submitted().filter(need=need).count() == 2
    told = []
    for path in {*changed, *(path for path in paths if read(client, path) != before[path])}:
        now, later = read(client, path), read(client, path)
        if (now == later and path not in LOGS) or any(
            now[1].count(word) != before[path][1].count(word) for word in WORDS
        ):
            told.append(path)
    assert not told, f"{role} can tell by {told}"


def read(client: Client, path: str) -> tuple[Any, bytes]:
    """(status, headers), body, without what is anew in every answer."""
    answer = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.headers.get("Content-Type") == "application/pdf":
        body = re.sub(rb"\(D:\d+[^)]*\)|<xmp:[^>]*>[^<]*|/ID ?\[[^\]]*\]|uuid:[\w-]+", b"", body)
    if path.endswith(".xlsx") and body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as sheets:
            body = b"".join(sheets.read(name) for name in sheets.namelist() if "docProps" not in name)
    return (answer.status_code, [answer.headers.get(name) for name in HEADERS]), TOKENS.sub(b"", body)
