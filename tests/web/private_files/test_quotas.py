"""How much one may hand over: what is left is said, held in the database, and raised by a platform admin only."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from marketplace.web.errors import Refused
from marketplace.web.private_files import (
    FileQuota,
    count_files_with,
    delete_private_file,
    quotas,
    room_of,
    store_private_file,
)
from marketplace.web.private_files.storage import sweep_private_files
from tests import factories
from tests.web.private_files import samples
from tests.web.versions import posted_back

pytestmark = pytest.mark.django_db
SIZE = len(samples.PDF)


def store(holder):
    return store_private_file(upload=samples.upload(samples.PDF, "a.pdf"), by=None, holder=holder)


def limit(monkeypatch, **changes):
    usual = {"files": 9, "megabytes": 9, "hour_files": 9, "hour_megabytes": 9, **changes}
    monkeypatch.setitem(quotas.LIMITS, "organisation", quotas.Limits(**usual))


def test_number_of_files_is_limited_and_a_file_taken_away_gives_its_room_back(monkeypatch):
    limit(monkeypatch, files=2)
    holder, other = factories.OrganisationFactory(), factories.OrganisationFactory()
    first, _second = store(holder), store(holder)
    with pytest.raises(Refused, match="le nombre de fichiers permis"):
        store(holder)
    assert store(other)
    delete_private_file(file=first, by=None)
    assert store(holder)


def test_bytes_are_limited_and_what_is_left_is_said(monkeypatch):
    limit(monkeypatch)
    monkeypatch.setattr(quotas, "MEGABYTE", SIZE // 6)
    holder = factories.OrganisationFactory()
    store(holder)
    with pytest.raises(Refused, match=r"Il reste .*Mo pour vos fichiers"):
        store(holder)


def test_hour_is_not_given_back_and_ends(monkeypatch):
    limit(monkeypatch, hour_files=2)
    holder = factories.OrganisationFactory()
    for _ in range(2):
        delete_private_file(file=store(holder), by=None)
    with pytest.raises(Refused, match=r"Fichiers encore permis.: 0, .* Réessayez dans \d+.min"):
        store(holder)
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert store(holder)


def test_platform_admin_gives_one_organisation_more_room_and_staff_do_not(monkeypatch, pole_staff):
    limit(monkeypatch, files=1)
    holder = factories.OrganisationFactory(name="Coop aux Cent Papiers")
    store(holder)
    quota = FileQuota.objects.get()
    address = f"/gestion/web/filequota/{quota.pk}/change/"
    staff, admin = Client(), Client()
    staff.force_login(pole_staff)
    assert staff.get(address).status_code in (403, 404)
    admin.force_login(factories.UserFactory(is_superuser=True))
    page = admin.get("/gestion/web/filequota/?q=cent").content.decode()
    assert "Coop aux Cent Papiers" in page
    assert "1 sur 1" in page
    admin.post(address, posted_back(admin.get(address), having="most_files") | {"most_files": "2"})
    quota.refresh_from_db()
    assert quota.most_files == 2
    assert store(holder)
    assert room_of(holder).files == 0


def test_files_follow_whoever_holds_them_and_empty_counters_go(monkeypatch):
    limit(monkeypatch)
    holder, other = factories.OrganisationFactory(), factories.OrganisationFactory()
    file = store(holder)
    count_files_with(holder=other, files=[file.pk])
    assert (room_of(holder).files, room_of(other).files) == (9, 8)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        sweep_private_files(by=None)
    assert not FileQuota.objects.exists()
