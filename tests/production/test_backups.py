"""A backup holds everything of one instant; it comes back whole, or nothing changes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import stat
import tarfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from marketplace.web import backup_database, backups
from marketplace.web.backup_database import Database, postgres_programs, scratch_database
from marketplace.web.backups import DUMP, MANIFEST, drill_backup, make_backup, restore_backup
from marketplace.web.errors import Refused
from marketplace.web.management.commands import backup as backup_command


@pytest.fixture
def made(kept, tmp_path) -> Path:
    """A backup to do with as a test likes."""
    return Path(shutil.copy(kept, tmp_path / "one.tar"))


def rewritten(path: Path, change) -> Path:
    """The same archive with its members changed: a dict of name to bytes goes in and out."""
    with tarfile.open(path) as tar:
        members = {info.name: tar.extractfile(info).read() for info in tar}
    change(members)
    with tarfile.open(path, "w") as tar:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
    return path


def manifest_changed(path: Path, change) -> Path:
    def in_members(members: dict[str, bytes]) -> None:
        manifest = json.loads(members[MANIFEST])
        change(manifest)
        members[MANIFEST] = json.dumps(manifest).encode()

    return rewritten(path, in_members)


def test_everything_lost_comes_back_to_the_last_row_and_byte(site, tmp_path):
    before = site.everything()
    made = make_backup(destination=tmp_path / "one.tar", database=site.database).path
    assert sum(table.rows for table in before[0]) > 1000
    assert len(before[1]) == 2
    site.run("DROP TABLE web_privatefile CASCADE; CREATE SCHEMA stray; CREATE TABLE stray.left_over (n int)")
    site.run("UPDATE territories_region SET name = name || ' (ailleurs)'")
    (site.folders["media"] / "logos" / "été.png").write_bytes(b"other")
    (site.folders["private"] / "stray").write_bytes(b"of somebody else")
    assert site.everything() != before

    manifest = restore_backup(path=made, wipe=True, database=site.database).manifest
    assert site.everything() == before
    assert (manifest.rows, manifest.files) == (sum(table.rows for table in before[0]), 2)
    assert not list(site.folders["private"].glob(".*"))

    ordinary_day(site)


def test_no_session_and_no_waiting_mail_comes_back(site, tmp_path):
    """What was sent already stays as it was; the archive itself is whole, as the drill wants it."""
    site.run("INSERT INTO django_session VALUES ('abc', 'x', now() + interval '1 day')")
    for status in ("queued", "sending", "done", "failed"):
        site.run(
            "INSERT INTO outbox_message (status, attempts, next_attempt_at, leased_until, last_error, done_at, address, kind, "
            "subject, version, title, text, html, sender_name, reply_to, headers, message_id, purpose, is_secret, in_doubt, "
            "created_at) VALUES (%s, 0, now(), now(), '', now(), 'a@exemple.test', 'k', 's', %s, 't', 't', '', 'n', '', '{}', "
            "%s, '', false, false, now())",
            status, status, status,
        )  # fmt: skip
    made = make_backup(destination=tmp_path / "one.tar", database=site.database).path
    settled = dict(restore_backup(path=made, wipe=True, database=site.database).settled)
    assert settled["sessions fermées"] == 1
    assert settled["courriels retenus"] == 2
    with site.database.connect() as rows:
        assert rows.execute("SELECT count(*) FROM django_session").fetchone()[0] == 0
        found = rows.execute(
            "SELECT version, status, last_error <> '', leased_until IS NULL FROM outbox_message ORDER BY version"
        ).fetchall()
    assert found == [
        ("done", "done", False, False),
        ("failed", "failed", False, False),
        ("queued", "cancelled", True, True),
        ("sending", "cancelled", True, True),
    ]
    site.run("DELETE FROM outbox_message")


def ordinary_day(site) -> None:
    """Keys go on counting, constraints and history triggers are there too."""
    with site.database.connect() as connection:
        again = connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now()) RETURNING id"
        )
        assert again.fetchone()[0] > 1
        triggers = connection.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'"
        ).fetchone()[0]
        assert triggers > 10
        with pytest.raises(Exception, match="private_file_sha256"):
            connection.execute("UPDATE web_privatefile SET sha256 = 'x'")


def test_backup_is_for_its_owner_alone_and_leaves_nothing_else(site, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    made = make_backup(destination=folder, database=site.database)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert list(folder.iterdir()) == [made.path]
    assert made.path.match(backups.FILE_NAMES)


def test_only_the_newest_are_kept(site, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    older = [folder / f"maillage-2020010{day}-023000.tar" for day in range(1, 5)]
    for path in [*older, folder / "maillage-notes.tar", folder / "other.tar"]:
        path.write_bytes(b"")
    made = make_backup(destination=folder, keep=2, database=site.database)
    assert made.removed == older[:3]
    assert {path.name for path in folder.iterdir()} == {
        made.path.name, older[3].name, "maillage-notes.tar", "other.tar",
    }  # fmt: skip


def test_failed_backup_leaves_the_old_ones_and_nothing_half_written(site, tmp_path, monkeypatch):
    folder = tmp_path / "backups"
    folder.mkdir()
    old = folder / "maillage-20200101-023000.tar"
    old.write_bytes(b"")

    def full(*_args):
        raise OSError(28, "No space left")

    monkeypatch.setattr(backups, "add_member", full)
    with pytest.raises(Refused, match="No space left"):
        make_backup(destination=folder, keep=1, database=site.database)
    assert list(folder.iterdir()) == [old]


def test_backup_never_overwrites(site, made):
    with pytest.raises(Refused, match="existe déjà"):
        make_backup(destination=made, database=site.database)


def test_remains_of_a_killed_backup_are_swept_after_a_day(site, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    for name, age in ((".maillage-old.tar", 2 * backups.DAY_SECONDS), (".maillage-now.tar", 0)):
        (folder / name).write_bytes(b"personal")
        past = (folder / name).stat().st_mtime - age
        os.utime(folder / name, (past, past))
    make_backup(destination=folder, database=site.database)
    assert not (folder / ".maillage-old.tar").exists()
    assert (folder / ".maillage-now.tar").exists(), "another backup may be at work"


def test_private_file_that_is_missing_is_said_and_does_not_stop_the_rest(site, tmp_path):
    gone = site.add_private_file(b"lost before")
    gone.unlink()
    made = make_backup(destination=tmp_path / "one.tar", database=site.database)
    assert made.manifest.missing == [f"{gone.parent.name}/{gone.name}"]
    restored = restore_backup(path=made.path, wipe=True, database=site.database).manifest
    assert restored.missing == made.manifest.missing
    site.run("DELETE FROM web_privatefile WHERE id = %s", gone.name)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda members: members.update({DUMP: members[DUMP][:-1] + b"?"}), "abîmée"),
        (lambda members: members.update({"media/logos/été.png": b""}), "abîmée"),
        (lambda members: members.pop("media/logos/été.png"), "exactement les fichiers"),
        (lambda members: members.update({"private/more": b""}), "exactement les fichiers"),
        (lambda members: members.pop(MANIFEST), "pas une sauvegarde complète"),
        (lambda members: members.update({MANIFEST: b"{}"}), "pas une sauvegarde complète"),
        (lambda members: members.update({MANIFEST: b"["}), "pas une sauvegarde complète"),
    ],
)
def test_archive_that_was_tampered_with_changes_nothing(site, made, change, sentence):
    before = site.everything()
    with pytest.raises(Refused, match=sentence):
        restore_backup(path=rewritten(made, change), wipe=True, database=site.database)
    assert site.everything() == before


@pytest.mark.parametrize(
    "name", ["media/../../outside", "/etc/cron.d/x", "media/.hidden", "private//x", "elsewhere/x", "media"]
)
def test_name_that_leaves_its_folder_is_refused(site, made, tmp_path, name):
    def smuggled(members: dict[str, bytes]) -> None:
        manifest = json.loads(members[MANIFEST])
        member = {"name": name, "size": 1, "sha256": hashlib.sha256(b"!").hexdigest()}
        manifest["members"].append(member)
        members[name] = b"!"
        members[MANIFEST] = json.dumps(manifest).encode()

    with pytest.raises(Refused, match="interdit"):
        restore_backup(path=rewritten(made, smuggled), wipe=True, database=site.database)
    assert not (tmp_path / "outside").exists()


def test_cut_or_foreign_file_is_no_backup(site, made, tmp_path):
    made.write_bytes(made.read_bytes()[:200_000])
    foreign = tmp_path / "photo.tar"
    foreign.write_bytes(b"GIF89a")
    for path in (made, foreign, tmp_path / "nowhere.tar"):
        with pytest.raises(Refused, match="pas une sauvegarde complète"):
            restore_backup(path=path, wipe=True, database=site.database)


def test_rows_that_do_not_all_arrive_leave_everything_as_it_was(site, made):
    """The database checks its own content before it commits."""

    def one_more(manifest) -> None:
        table = next(table for table in manifest["tables"] if table["name"] == "public.territories_region")
        table["rows"] += 1

    path = manifest_changed(made, one_more)
    before = site.everything()
    with pytest.raises(Refused, match=r"restée comme elle était.*territories_region \(17\)"):
        restore_backup(path=path, wipe=True, database=site.database)
    assert site.everything() == before


def test_dump_that_breaks_off_leaves_everything_as_it_was(site, made, monkeypatch):
    before = site.everything()
    monkeypatch.setattr(backups, "check_archive", lambda tar, manifest: None)
    path = rewritten(made, lambda members: members.update({DUMP: members[DUMP][: len(members[DUMP]) // 2]}))
    with pytest.raises(Refused, match="restée comme elle était"):
        restore_backup(path=path, wipe=True, database=site.database)
    assert site.everything() == before


def test_full_database_or_folder_is_not_replaced_unasked(site, made):
    before = site.everything()
    with pytest.raises(Refused, match="n’est pas vide"):
        restore_backup(path=made, database=site.database)
    with (
        scratch_database(site.database) as empty,
        pytest.raises(Refused, match=r"Le dossier .* n’est pas vide"),
    ):
        restore_backup(path=made, database=empty)
    assert site.everything() == before


def test_site_that_runs_is_not_replaced_below_its_feet(site, made):
    with site.database.connect(), pytest.raises(Refused, match="1 connexions"):
        restore_backup(path=made, wipe=True, database=site.database)


def test_backup_of_a_newer_version_is_refused(site, made):
    path = manifest_changed(made, lambda manifest: manifest["migrations"].append(["suppliers", "9999_later"]))
    with pytest.raises(Refused, match=r"plus récente.*suppliers\.9999_later"):
        restore_backup(path=path, wipe=True, database=site.database)


def test_drill_brings_back_beside_the_site_and_clears_up(site, made):
    before = site.everything()
    manifest = drill_backup(path=made, database=site.database)
    assert manifest.tables == before[0]
    assert site.everything() == before
    with site.database.connect() as connection:
        (others,) = connection.execute(
            "SELECT count(*) FROM pg_database WHERE datname LIKE %s OR datname LIKE %s",
            [f"{site.database.name}_restore_%", f"{site.database.name}_replaced_%"],
        ).fetchone()
    assert others == 0


def test_commands_say_what_they_did_and_drill_fails_on_a_bad_backup(
    site, made, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(Database, "of_settings", lambda: site.database)
    call_command("backup", str(tmp_path / "two.tar"))
    assert "2 fichiers" in capsys.readouterr().out
    call_command("restore_drill", str(tmp_path / "two.tar"))
    assert "tous identiques" in capsys.readouterr().out
    rewritten(made, lambda members: members.update({DUMP: b"?"}))
    with pytest.raises(CommandError, match="abîmée"):
        call_command("restore_drill", str(made))
    with pytest.raises(CommandError, match="pas de sauvegarde"):
        call_command("restore_drill", str(site.folders["media"]))


def test_programs_older_than_the_server_are_not_used(tmp_path, monkeypatch):
    for major in (15, 17, 18):
        folder = tmp_path / str(major)
        folder.mkdir()
        for name in ("pg_dump", "pg_restore"):
            (folder / name).write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {major}.3 (Debian)'\n")
            (folder / name).chmod(0o755)
    monkeypatch.setattr(
        backup_database, "program_folders", lambda: [tmp_path / str(major) for major in (15, 18, 17)]
    )
    assert postgres_programs(17) == tmp_path / "17"
    assert postgres_programs(18) == tmp_path / "18"
    with pytest.raises(Refused, match="version 19"):
        postgres_programs(19)


def test_password_is_on_no_command_line_and_in_no_text():
    database = Database(
        "maillage", {"host": "postgres", "user": "app", "password": "hush", "sslmode": "require"}
    )
    assert database.environment()["PGPASSWORD"] == "hush"
    assert database.environment()["PGSSLMODE"] == "require"
    assert "hush" not in repr(database)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-22T01:00", "2026-11-22T02:30"),
        ("2026-11-22T02:30", "2026-11-23T02:30"),
        ("2026-03-07T12:00", "2026-03-08T02:30"),  # an hour that the clocks skip that night
    ],
)
def test_next_night_is_found(now, due):
    zone = ZoneInfo("America/Toronto")
    found = backup_command.next_due(datetime.fromisoformat(now).replace(tzinfo=zone), (2, 30))
    assert found == datetime.fromisoformat(due).replace(tzinfo=zone)


@pytest.mark.parametrize("options", [{"daily": "25:00"}, {"daily": "soon"}, {"keep": 0}])
def test_wrong_options_are_refused(tmp_path, options):
    with pytest.raises(CommandError) as refusal:
        call_command("backup", str(tmp_path), **options)
    assert refusal.value.returncode == 2


def test_every_file_is_listed_with_its_hash_and_work_in_progress_is_not(site, tmp_path):
    hidden = site.folders["media"] / ".hidden"
    hidden.write_bytes(b"work in progress")
    manifest = make_backup(destination=tmp_path / "one.tar", database=site.database).manifest
    hidden.unlink()
    listed = {member.name: member for member in manifest.members}
    logo = (site.folders["media"] / "logos" / "été.png").read_bytes()
    assert listed["media/logos/été.png"].sha256 == hashlib.sha256(logo).hexdigest()
    assert listed["media/logos/été.png"].size == len(logo)
    assert not any("hidden" in name for name in listed)
