"""Backups of a site whose files lie in a bucket: as whole, as careful and as repeatable as those of folders."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable

import pytest
from django.core.files.storage import storages

from marketplace.web import backups
from marketplace.web.backups import check_archive, drill_backup, make_backup, opened_archive, restore_backup
from marketplace.web.errors import Refused
from tests.production.conftest import Site
from tests.web.bucket.server import Held, Server

ROW = (
    "INSERT INTO web_privatefile (id, name, content_type, size, sha256, created_at) "
    "VALUES (%s, 'preuve.pdf', 'application/pdf', %s, %s, now())"
)


def objects(bucket: Server) -> dict[str, bytes]:
    return {key: held.content for key, held in bucket.objects.items()}


@pytest.fixture
def filled(bucket, site: Site, monkeypatch):
    """The site's files in the bucket: more than one page of a list, at several depths, one of them large."""
    into = {"media": storages["default"], "private": storages["private"]}
    monkeypatch.setattr(backups, "site_storages", lambda: into)
    for key in ("media/a.png", "media/logos/été 1.png", "media/logos/b.png", "media/z/y/x.txt"):
        bucket.objects[key] = Held(key.encode() * 10)
    bucket.objects["private/ff/" + "f" * 32] = Held(b"\x00" * 5_000_000)
    bucket.objects["elsewhere/of-another-program"] = Held(b"not ours")
    mine = []
    for path in site.folders["private"].rglob("*"):
        if path.is_file():  # what the site's rows name already
            bucket.objects[f"private/{path.relative_to(site.folders['private'])}"] = Held(path.read_bytes())
    for text in (b"un", b"deux", b"trois"):
        key = uuid.uuid4()
        bucket.objects[f"private/{key.hex[:2]}/{key.hex}"] = Held(text)
        site.run(ROW, key, len(text), hashlib.sha256(text).hexdigest())
        mine.append(key)
    yield bucket
    site.run("DELETE FROM web_privatefile WHERE id = ANY(%s)", mine)


def made(site, tmp_path, name: str = "one.tar"):
    return make_backup(destination=tmp_path / name, database=site.database)


def after(count: int, method: str = "PUT") -> Callable[[str, str], int]:
    """Well for so many requests of a kind, then no more."""
    seen = []

    def fails(asked: str, key: str) -> int:
        if asked == method:
            seen.append(key)
        return 503 if asked == method and len(seen) > count else 0

    return fails


FILES = 9  # of the fixture


def test_everything_lost_comes_back_even_where_the_bucket_fails_half_way(filled, site, tmp_path):
    rows, before = site.everything()[0], objects(filled)
    backup = made(site, tmp_path)
    names = [member.name for member in backup.manifest.members]
    assert len(names) == len(set(names)) == 1 + FILES
    assert "media/logos/été 1.png" in names
    assert backup.manifest.missing == []

    filled.objects.clear()
    filled.objects |= {
        "elsewhere/of-another-program": Held(b"not ours"),
        "media/a.png": Held(b"changed"),
        "private/00/stray": Held(b"of somebody else"),
    }
    site.run("UPDATE territories_region SET name = name || ' (ailleurs)'")
    there = site.everything()[0]
    with pytest.raises(Refused, match="n’est pas vide"):
        restore_backup(path=backup.path, database=site.database)

    filled.fails = after(3)  # while new objects are written
    with pytest.raises(Refused, match=r"ne s’écrivent pas .*SlowDown") as refusal:
        restore_backup(path=backup.path, wipe=True, database=site.database)
    assert filled.secret not in str(refusal.value)
    assert site.everything()[0] == there
    assert filled.objects["media/a.png"].content == b"changed"
    assert "private/00/stray" in filled.objects

    filled.fails = after(FILES - 1)  # while the last one replaces what is there
    with pytest.raises(Refused, match="relancez la commande"):
        restore_backup(path=backup.path, wipe=True, database=site.database)
    filled.fails = lambda method, key: 0
    restore_backup(path=backup.path, wipe=True, database=site.database)
    assert site.everything()[0] == rows
    assert objects(filled) == before

    filled.asked.clear()
    assert drill_backup(path=backup.path, database=site.database).files == FILES
    assert not filled.asked, "the drill reads the archive alone"


def test_files_move_from_disk_to_bucket_by_a_backup(bucket, site, kept, monkeypatch):
    into = {"media": storages["default"], "private": storages["private"]}
    restore_backup(path=kept, wipe=True, database=site.database, files=into)
    assert objects(bucket) == site.everything()[1]


def test_backup_stops_where_the_bucket_does_and_says_so(filled, site, tmp_path):
    filled.fails = after(4, "GET")
    with pytest.raises(Refused, match=r"ne s’écrit pas .*maillage-essai \(127\.0\.0\.1") as refusal:
        made(site, tmp_path)
    assert filled.secret not in str(refusal.value)
    assert not list(tmp_path.iterdir())


def test_object_deleted_this_instant_is_left_out_and_a_lost_one_is_said(filled, site, tmp_path):
    one = next(
        key for key in filled.objects if key.startswith("private/") and filled.objects[key].content == b"un"
    )
    two = next(key for key in filled.objects if filled.objects[key].content == b"deux")
    del filled.objects[two]

    def gone_once_listed(method: str, key: str) -> int:
        if method == "HEAD" and key == one:
            filled.objects.pop(one, None)
        return 0

    filled.fails = gone_once_listed
    backup = made(site, tmp_path)
    assert backup.manifest.missing == sorted(key.removeprefix("private/") for key in (one, two))
    with opened_archive(backup.path) as (tar, manifest):
        check_archive(tar, manifest)
