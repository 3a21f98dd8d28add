"""`dev.py prove restore`: a seeded site is backed up, lost whole, and brought back by the commands themselves.

Every row of every table, every sequence and every file is compared, in ways that share nothing with the backup's own.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql

from marketplace.web.backup_database import Database
from tests.production.conftest import Site

SUPPLIERS, TENDERS, FILES = 300, 60, 40


@pytest.fixture
def site(django_db_setup, django_db_blocker, tmp_path) -> Iterator[Site]:
    with django_db_blocker.unblock():
        database = Database.of_settings()
    connections.close_all()
    folders = {name: tmp_path / name for name in ("media", "private")}
    for folder in folders.values():
        folder.mkdir()
    name = sql.Identifier(f"{database.name}_restore")
    with replace(database, name="postgres").connect(autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield Site(replace(database, name=f"{database.name}_restore"), folders)
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def manage(site: Site, *args: str, code: int = 0) -> str:
    env = {
        **os.environ,
        "DATABASE_URL": site.url,
        **{f"{name.upper()}_ROOT": str(folder) for name, folder in site.folders.items()},
    }
    run = subprocess.run(
        [sys.executable, Path(settings.BASE_DIR) / "manage.py", *args],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code, f"{args}: {run.returncode}\n{run.stdout[-2000:]}\n{run.stderr[-2000:]}"
    return run.stdout + run.stderr


def everything(site: Site) -> dict[str, object]:
    """Written without the module that makes backups: text of whole rows in order, sequences, bytes of files."""
    found: dict[str, object] = {}
    with site.database.connect() as connection:
        connection.execute("SET timezone = 'UTC'")
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            found[table] = connection.execute(
                sql.SQL(
                    "SELECT count(*), md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\"), '')) FROM {} t"
                ).format(sql.Identifier(table))
            ).fetchone()
        for name, last in connection.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"):
            found[f"sequence {name}"] = last
        for kind, query in {
            # Conditions are written differently once they have been read back (casts); that they are there is what counts.
            "indexes": "SELECT tablename, indexname, split_part(indexdef, ' WHERE ', 1), position(' WHERE ' in indexdef) > 0 "
            "FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
            "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
            "constraints": "SELECT conrelid::regclass::text, conname, contype, "
            "CASE WHEN contype <> 'c' THEN pg_get_constraintdef(oid) END FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
            "functions": "SELECT proname, md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2",
        }.items():
            found[kind] = connection.execute(query).fetchall()
    for name, folder in site.folders.items():
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                found[f"{name}/{path.relative_to(folder)}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


#: What a restore settles: sessions, waiting mails and notices, links. Looked at one by one below.
SETTLED = {
    "accounts_invitation", "accounts_invitationevent", "dealings_follow", "django_session", "matching_pendingnotice",
    "outbox_message",
    "security_opensession", "sequence accounts_invitationevent_pgh_id_seq",
}  # fmt: skip
#: What it writes of itself: the security log says that a backup came back, and links of before open nothing.
SAID = {"security_securityevent", "sequence security_securityevent_id_seq"}

#: Somebody is signed in, asked for a new password and was invited; mails and notices wait.
ON_THE_EVE = """
from allauth.account.forms import default_token_generator
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from marketplace.accounts.invitations import create_invitation
from marketplace.accounts.models import User
from marketplace.matching.models import Alert, PendingNotice
from buyers.models import Tender
from suppliers.models import Supplier
user = User.objects.filter(memberships__organisation__supplier__isnull=False).first()
user.last_login = timezone.now() - timedelta(hours=1)
user.save()
client = Client()
client.force_login(user)
supplier = Supplier.objects.filter(organisation__memberships__user=user).first()
_, token = create_invitation(organisation=supplier.organisation, email="invitee@exemple.test", by=None)
alert = Alert.objects.first()
PendingNotice.objects.get_or_create(alert=alert, tender=Tender.objects.first())
from marketplace.outbox.models import Message
Message.objects.filter(pk__in=list(Message.objects.values_list("pk", flat=True)[:3])).update(status="queued", attempts=0)
print("EVE", user.pk, client.session.session_key, default_token_generator.make_token(User.objects.get(pk=user.pk)), token)
"""
#: The same person's browser, link and invitation after the restore; what beat and the sweep find to send.
ON_THE_MORROW = """
from allauth.account.forms import default_token_generator
from django.conf import settings
from django.core import mail
from django.test import Client
from marketplace.accounts.invitations import InvitationUnusable, find_invitation
from marketplace.accounts.models import User
from marketplace.matching.alerts.digests import write_due_emails
from marketplace.outbox.models import Message
settings.ALLOWED_HOSTS = ["*"]
client = Client()
client.cookies["sessionid"] = {session!r}
print("SPACE", client.get("/mon-espace/", secure=True).status_code)
print("RESET", default_token_generator.check_token(User.objects.get(pk={user}), {reset!r}))
try:
    find_invitation({invitation!r})
    print("INVITATION open")
except InvitationUnusable:
    print("INVITATION closed")
print("WRITTEN", write_due_emails())
print("DUE", Message.objects.due().count())
"""


def shell(site: Site, code: str) -> dict[str, list[str]]:
    """What a script prints, by the first word of each line."""
    lines = [
        line.split() for line in manage(site, "shell", "-v", "0", "-c", code).splitlines() if line.strip()
    ]
    return {words[0]: words[1:] for words in lines}


def brought_back(site: Site) -> dict[str, object]:
    return {name: value for name, value in everything(site).items() if name not in SETTLED | SAID}


@pytest.mark.django_db
def test_restore(site, tmp_path):
    manage(site, "migrate", "--no-input")
    manage(site, "seed_demo", "--suppliers", str(SUPPLIERS), "--tenders", str(TENDERS))
    for number in range(FILES):
        site.add_private_file(f"Preuve {number}".encode() * 5_000)
        logo = site.folders["media"] / "logos" / f"{number % 4}" / f"été {number}.png"
        logo.parent.mkdir(parents=True, exist_ok=True)
        logo.write_bytes(os.urandom(20_000))
    user, session, reset, invitation = shell(site, ON_THE_EVE)["EVE"]
    before = everything(site)
    kept = brought_back(site)
    rows = sum(value[0] for value in before.values() if isinstance(value, tuple))
    assert rows > 10 * SUPPLIERS
    files = sum("/" in name for name in before)
    assert files >= 2 * FILES, "and those that the seed makes"

    backups = tmp_path / "backups"
    backups.mkdir()
    manage(site, "backup", str(backups), "--keep", "3")
    (archive,) = backups.iterdir()
    manage(site, "restore", str(archive), code=1)  # not over a site that is there
    assert everything(site) == before

    # All is lost.
    site.run("DROP SCHEMA public CASCADE")
    for folder in site.folders.values():
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    assert not list(site.folders["media"].iterdir())

    told = manage(site, "restore", str(archive))
    assert brought_back(site) == kept
    assert everything(site)["security_securityevent"][0] == before["security_securityevent"][0] + 1
    assert {
        name: value[0]
        for name, value in everything(site).items()
        if name in SETTLED and isinstance(value, tuple)
    } == {
        name: 0 if name in {"django_session", "security_opensession", "matching_pendingnotice"} else value[0]
        for name, value in before.items()
        if name in SETTLED and isinstance(value, tuple)
    } | {"accounts_invitationevent": everything(site)["accounts_invitationevent"][0]}
    found = shell(site, ON_THE_MORROW.format(user=user, session=session, reset=reset, invitation=invitation))
    assert found["SPACE"] == ["302"], "signed out"
    assert found["RESET"] == ["False"]
    assert found["INVITATION"] == ["closed"]
    assert (found["WRITTEN"], found["DUE"]) == (["0"], ["0"]), "no old mail"
    manage(site, "migrate", "--check")
    manage(site, "check")
    seen = manage(
        site, "shell", "-v", "0", "-c",
        "from django.test import Client; from django.conf import settings; settings.ALLOWED_HOSTS = ['*'];"
        "page = Client().get('/fournisseurs/', secure=True); print(page.status_code, page.content.count(b'<article'))",
    )  # fmt: skip
    assert "200" in seen

    # In place of what has changed since, too; and the drill says the same without touching the site.
    site.run("DELETE FROM outbox_message")
    site.run("ALTER TABLE suppliers_supplier ADD COLUMN later text")
    manage(site, "restore", str(archive), "--wipe")
    assert brought_back(site) == kept
    manage(site, "restore_drill", str(backups))
    assert brought_back(site) == kept

    # One byte is enough for the drill to fail.
    text = bytearray(archive.read_bytes())
    text[len(text) // 3] ^= 1
    archive.write_bytes(text)
    manage(site, "restore_drill", str(archive), code=1)
    tables = sum(isinstance(value, tuple) for value in before.values())
    print(f"\n{rows} rows of {tables} tables and {files} files: {told}")  # noqa: T201 (`-s` is for reading this)
