"""`dev.py prove imports -s`: a newcomer's list of 430 rows from the page, 11,200 rows through a worker that is killed, a
workbook of 300 listings. What each took is printed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from marketplace.web.backup_database import Database
from suppliers.import_jobs.deposit import choose_columns, deposit_import, run_import, undo_import
from suppliers.import_jobs.running import BATCH
from suppliers.models import ListedRow, Supplier, SupplierImport
from tests import factories
from tests.admin import test_import_page as pages
from tests.admin.conftest import signed_in
from tests.production.conftest import Site
from tests.suppliers import test_round_trip as trip
from tests.suppliers.real_lists import real_list
from tests.suppliers.test_import_jobs import everything, upload

ROWS, WRONG = 11_200, 33  # one in so many is wrong: 3 %
SECONDS, MEGABYTES = 30.0, 300.0
WORKER = """
import django, json, resource, sys, time
django.setup()
from suppliers.import_jobs.running import advance_import
started = time.perf_counter()
while advance_import(int(sys.argv[1])):
    pass
print(time.process_time(), "s of the worker's own processor time", file=sys.stderr)
print(json.dumps([time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


@pytest.fixture
def worker(transactional_db):
    """Starts a process that works on an import, on the database of the tests."""
    site = Site(Database.of_settings(), {})
    env = {
        **os.environ,
        "DATABASE_URL": site.url,
        "PRIVATE_ROOT": settings.STORAGES["private"]["OPTIONS"]["location"],
    }

    def start(job: SupplierImport) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WORKER, str(job.pk)]
        return subprocess.Popen(
            command, env=env, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    return start


def finished(process: subprocess.Popen[str], job: SupplierImport) -> tuple[float, float]:
    """Seconds and megabytes of a worker that came to its end."""
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    job.refresh_from_db()
    seconds, megabytes = json.loads(out.strip().splitlines()[-1])
    return seconds, megabytes


def killed(process: subprocess.Popen[str], job: SupplierImport, at: int) -> int:
    """Kill a worker in the middle; how far it had come."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        job.refresh_from_db()
        if job.position >= at:
            break
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    SupplierImport.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    job.refresh_from_db()
    return job.position


def listing(rows: int) -> str:
    said = ["NEQ;Nom;Forme juridique;Ville;Téléphone;Activités;Territoire desservi"]
    for n in range(rows):
        wrong = n % WRONG == 7
        form = "société par actions" if wrong and n % 2 else ("OBNL", "coop de solidarité", "O.S.B.L.")[n % 3]
        neq = "12" if wrong and not n % 2 else str(1_170_000_000 + n)
        town = ("Shawinigan", "Trois-Rivieres", "La Tuque", "Louiseville")[n % 4]
        said.append(f"{neq};Entreprise {n};{form};{town};819 555-{n % 10_000:04};Activité {n};Mauricie")
    return "\n".join(said)


def test_11_200_rows_within_the_budget_and_a_killed_worker_leaves_nothing_partial(worker):
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    job = deposit_import(upload=upload(listing(ROWS)), pole=factories.pole("mauricie"), by=staff)
    choose_columns(job=job, columns=job.columns, by=staff)
    read, read_mb = finished(worker(job), job)
    assert job.state == "ready"
    assert job.counts["rejected"] == len(range(7, ROWS, WRONG))

    run_import(job=job, revision=job.revision, by=staff)
    position = killed(worker(job), job, at=ROWS // 3)
    there = job.rows.filter(place__lte=position, outcome="created").count()
    assert 0 < position < ROWS
    assert Supplier.objects.count() == there  # whole batches, and nothing of the one that died
    assert position % BATCH == 0
    rest, rest_mb = finished(worker(job), job)
    assert job.state == "done"
    assert Supplier.objects.count() == job.counts["created"] == ROWS - job.counts["rejected"]

    undo_import(job=job, by=staff)
    stopped = killed(worker(job), job, at=ROWS // 2)
    left = Supplier.objects.count()
    back, back_mb = finished(worker(job), job)
    assert 0 < left < ROWS
    assert job.state == "undone"
    assert not Supplier.objects.exists()

    again = deposit_import(upload=upload(listing(ROWS)), pole=factories.pole("mauricie"), by=staff)
    choose_columns(job=again, columns=again.columns, by=staff)
    finished(worker(again), again)
    run_import(job=again, revision=again.revision, by=staff)
    whole, whole_mb = finished(worker(again), again)
    print(  # noqa: T201 - what one runs this for
        f"\n{ROWS} rows, 3 % wrong: read and compared {read:.1f} s ({read_mb:.0f} MB); written {whole:.1f} s ({whole_mb:.0f} MB)."
        f"\nKilled after {position} rows, the rest {rest:.1f} s ({rest_mb:.0f} MB)."
        f"\nUndone, killed after {stopped} rows, the rest {back:.1f} s ({back_mb:.0f} MB)."
    )
    assert whole < SECONDS
    assert max(read_mb, whole_mb, rest_mb, back_mb) < MEGABYTES


@pytest.mark.django_db
def test_a_newcomer_brings_in_430_rows_undoes_them_and_brings_them_in_again(monkeypatch):
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    client, content = signed_in(staff), real_list(rows=430)
    posts: list[str] = []
    monkeypatch.setattr(
        client, "post", lambda *args, _post=client.post, **more: posts.append(args[0]) or _post(*args, **more)
    )

    def brought() -> SupplierImport:
        answer = pages.columns_said(client, pages.deposited(client, content, "répertoire.xlsx"))
        here = answer.request["PATH_INFO"]
        if questions := answer.context["questions"]:
            said = {"words": "1"}
            for one in questions:
                said |= {f"{one.name}-column": one.column, f"{one.name}-words": one.words, one.name: "obnl"}
            answer = pages.page(client, client.post(here, said))
        answer = pages.page(client, client.post(here, {"run": "1"} | pages.revision(answer)))
        assert "430 fiches créées" in answer.content.decode()
        return answer.context["job"]

    started = time.perf_counter()
    job = brought()
    first, clicks = time.perf_counter() - started, len(posts)
    stands = everything()
    pages.page(client, client.post(f"/gestion/suppliers/importation/{job.pk}/annuler/"))
    assert not Supplier.objects.exists()
    assert not ListedRow.objects.exists()
    started, before = time.perf_counter(), len(posts)
    brought()
    assert everything() == stands
    print(  # noqa: T201 - what one runs this for
        f"\n430 rows from the page: {clicks} buttons the first time ({first:.1f} s of the site's), "
        f"{len(posts) - before} the second ({time.perf_counter() - started:.1f} s)."
    )


@pytest.mark.django_db
def test_a_round_trip_of_300_listings_with_20_edits_and_3_conflicts(monkeypatch):
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    monkeypatch.setattr(trip, "ROWS", 300)
    monkeypatch.setattr(trip, "EDITS", 20)
    started = time.perf_counter()
    trip.test_edits_come_back_conflicts_are_asked_and_nothing_else_moves(staff)
    print(  # noqa: T201 - what one runs this for
        f"\n300 listings out and back, 20 edits, 3 conflicts: {time.perf_counter() - started:.1f} s in all."
    )
