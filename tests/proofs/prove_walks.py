"""`dev.py prove walks`: three walks through the code, executed and counted; the ADR on the layout tells the figures.

A walk is driven from outside (an address, a command, the tasks that wait), so it stays the same where code moves.
Each is walked twice: the first time loads what a process keeps, the second is counted. Counted are:

files      the project's Python files in which a function ran
switches   how often the function that runs next (called, or returned to) lies in another of these files
SQL        statements, savepoints apart
processes  the command or request, and each task that had something to do
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import FrameType

import pytest
import time_machine
from celery import Celery, Task, current_app
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(settings.BASE_DIR)
OURS = tuple(f"{ROOT}/{package}/" for package in ("marketplace", "suppliers", "buyers", "cohorts"))
MEMBER = "fournisseur@demo.example"
STAFF = "mauricie@demo.example"


@dataclass
class Walk:
    """What a piece of work passed through."""

    files: list[str] = field(default_factory=list)
    """The file of each function in turn, called or returned to."""
    statements: list[str] = field(default_factory=list)
    processes: list[str] = field(default_factory=list)

    @contextmanager
    def process(self, name: str) -> Iterator[None]:
        kept: list[str] = []

        def note(frame: FrameType, event: str, _: object) -> None:
            if event == "return":
                back = frame.f_back
                if back is None:
                    return
                frame = back
            elif event != "call":
                return
            path = frame.f_code.co_filename
            if path.startswith(OURS) and "/migrations/" not in path and frame.f_code.co_name != "<module>":
                kept.append(path.removeprefix(f"{ROOT}/"))

        with CaptureQueriesContext(connection) as captured:
            sys.setprofile(note)
            try:
                yield
            finally:
                sys.setprofile(None)
        self.files += kept
        self.statements += [
            query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]
        ]
        self.processes.append(name)

    def add(self, other: Walk) -> None:
        self.files += other.files
        self.statements += other.statements
        self.processes += other.processes

    @property
    def switches(self) -> int:
        return sum(one != other for one, other in zip(self.files, self.files[1:], strict=False))

    def __str__(self) -> str:
        return (
            f"{len(set(self.files))} files, {self.switches} switches, {len(self.statements)} SQL, "
            f"{len(self.processes)} processes ({', '.join(self.processes)})"
        )


@dataclass
class Queue:
    """What would go to the broker."""

    waiting: list[tuple[str, tuple[object, ...], dict[str, object]]] = field(default_factory=list)

    def put(self, task: Task, args=None, kwargs=None, **_: object) -> None:
        self.waiting.append((task.name, tuple(args or ()), dict(kwargs or {})))

    def drain(self, walk: Walk) -> None:
        """Run what waits, and what that puts there, one process after the other."""
        while self.waiting:
            name, args, kwargs = self.waiting.pop(0)
            one = Walk()
            with one.process(name):
                current_app.tasks[name].apply(args, kwargs, throw=True)
            walk.add(one)

    def until_quiet(self, walk: Walk, until: Callable[[], bool] | None = None) -> None:
        """Then what beat wakes every few minutes, where the work waits for that: for an hour, or until it is done."""
        self.drain(walk)
        often = [
            entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()
            if isinstance(entry["schedule"], float) and entry["schedule"] <= 300
        ]  # fmt: skip
        for minutes in range(0, 61, 5):
            with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True):
                for name in often:
                    if until and until():
                        return
                    sent, one = len(mail.outbox), Walk()
                    with one.process(name):
                        current_app.tasks[name].apply(throw=True)
                    if self.waiting or len(mail.outbox) > sent:
                        walk.add(one)
                    self.drain(walk)
        assert until is None or until(), "an hour later there is still no mail"


@pytest.fixture
def queue(monkeypatch) -> Queue:
    queue = Queue()
    current_app.loader.import_default_modules()
    monkeypatch.setattr(Task, "apply_async", lambda task, *args, **options: queue.put(task, *args, **options))
    monkeypatch.setattr(
        Celery, "send_task", lambda app, name, args=None, **_: queue.waiting.append((name, args, {}))
    )
    monkeypatch.setattr(Task, "delay", lambda task, *args, **kwargs: queue.put(task, args, kwargs))
    return queue


@pytest.fixture
def demo(queue) -> None:
    """Some suppliers, a member with an instant alert, a pôle with sheets to decide; what the seed set going is done."""
    call_command("seed_demo", suppliers=300, tenders=12, verbosity=0)
    queue.drain(Walk())
    for task in ("outbox.sweep", "outbox.sweep"):
        current_app.tasks[task].apply(throw=True)
        queue.drain(Walk())
    mail.outbox.clear()


def person(email: str) -> object:
    return apps.get_model("accounts", "User").objects.get(email=email)


def show(name: str, walk: Walk) -> None:
    lines = [f"\n{name}: {walk}", *(f"    {path}" for path in sorted(set(walk.files)))]
    print("\n".join(lines))  # noqa: T201 (`prove walks -s` is run to read this)


def test_search(demo):
    client = Client()
    for _ in range(2):
        walk = Walk()
        with walk.process("web"):
            response = client.get("/fournisseurs/", {"q": "entretien menager", "region": "04"})
        assert response.status_code == 200
    show("search", walk)


def notice(number: int, code: str = "76111500") -> dict[str, object]:
    """An open release in SEAO's dialect, in Shawinigan; its code suits the demo's member."""
    now = timezone.now()
    party = {"id": "OP-900001", "name": "Ville de Shawinigan"}
    return {
        "ocid": f"ocds-ec9k95-{number}",
        "id": now.strftime("%Y%m%d%H%M%S"),
        "date": now.isoformat(),
        "tag": ["tender"],
        "parties": [{**party, "roles": ["buyer"], "details": {"municipal": "1"}}],
        "buyer": party,
        "tender": {
            "id": f"VS-{number}",
            "title": "Entretien ménager de l’hôtel de ville, Shawinigan",
            "status": "active",
            "items": [{"id": "S14", "classification": {"scheme": "UNSPSC", "id": code}}],
            "procurementMethod": "open",
            "mainProcurementCategory": "services",
            "tenderPeriod": {"startDate": now.isoformat(), "endDate": (now + timedelta(days=20)).isoformat()},
            "documents": [{"url": "https://seao.gouv.qc.ca/avis-resultat-recherche/consulter?ItemId=x"}],
        },
    }


def written(folder: Path, releases: list[dict[str, object]]) -> Path:
    path = folder / f"{releases[0]['ocid']}.json"
    path.write_text(json.dumps({"version": "1.1", "releases": releases}), encoding="utf-8")
    return path


def test_notice_to_mail(demo, queue, tmp_path):
    for number in (91000001, 91000002):
        mail.outbox.clear()
        path = written(tmp_path, [notice(number)])
        walk = Walk()
        with walk.process("import_tenders"):
            call_command("import_tenders", str(path), verbosity=0)
        queue.until_quiet(walk, lambda: bool(mail.outbox))
        assert len(mail.outbox) == 1
    show("notice to mail", walk)


class Forms(HTMLParser):
    """The forms of a page: where each posts, and the names and values of its fields and buttons."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str]]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), []))
        elif tag in {"input", "button", "textarea"} and given.get("name") and self.found:
            self.found[-1][1].append((given["name"], given.get("value", "")))

    def with_value(self, wanted: str) -> tuple[str, list[tuple[str, str]]]:
        return next(form for form in self.found if any(value == wanted for _, value in form[1]))


def prove_criteria(staff: Client, page: str) -> None:
    """Find every criterion of a registration proved, without which its button to publish is disabled."""
    action, fields = Forms(staff.get(page).content.decode()).with_value("proved")
    found = {name: "proved" for name, value in fields if value == "proved"}
    kept = {name: value for name, value in fields if name not in found}
    response = staff.post(action or page, {**kept, **found})
    assert response.status_code == 302, response.status_code


def ask_for_alerts(supplier: object) -> None:
    """The member wants a mail as soon as a notice appears that suits the supplier."""
    member = Client()
    member.force_login(supplier.organisation.memberships.first().user)
    action, fields = Forms(member.get("/mon-espace/alertes/").content.decode()).with_value("instant")
    sent = {name: "on" if name.endswith("consent") else value for name, value in fields}
    sent |= {name: "instant" for name, value in fields if value == "instant"}
    assert member.post(action or "/mon-espace/alertes/", sent).status_code == 302


def test_publish(demo, queue, tmp_path):
    """Of a supplier whose member wants alerts at once, while five notices that suit it are open."""
    staff = Client()
    staff.force_login(person(STAFF))
    submitted = apps.get_model("suppliers", "Supplier").objects.filter(status="submitted").order_by("pk")
    pages = {supplier: f"/gestion/suppliers/supplier/{supplier.pk}/change/" for supplier in submitted}
    publishable = [supplier for supplier, page in pages.items() if staff.get(page).status_code == 200]
    assert len(publishable) > 1, "the queue holds nothing to publish"
    for turn, supplier in enumerate(publishable[:2]):
        code, page = supplier.offers.first().codes.first().code, pages[supplier]
        notices = [notice(92000000 + 10 * turn + number, code) for number in range(5)]
        call_command("import_tenders", str(written(tmp_path, notices)), verbosity=0)
        ask_for_alerts(supplier)
        prove_criteria(staff, page)
        queue.until_quiet(Walk())
        mail.outbox.clear()
        address, fields = Forms(staff.get(page).content.decode()).with_value("publish")
        sent = {name: value for name, value in fields if name not in {"move", "message"}}
        alone = Walk()
        with alone.process("web"):
            response = staff.post(address or page, {**sent, "move": "publish"})
        assert response.status_code == 302, response.status_code
        after = Walk()
        after.add(alone)
        queue.until_quiet(after)
    show("publish, the request", alone)
    show("publish, with what follows", after)
    print(f"    mails: {[message.subject for message in mail.outbox]}")  # noqa: T201
