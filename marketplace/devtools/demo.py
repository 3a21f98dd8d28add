"""`dev.py demo`: everything up on one machine, watched, and down again within ten seconds."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from . import processes, project, services, virtualenv
from .console import Failed, StepProgress, log_tail, print_line, print_step
from .environment import (
    SUPPLIERS,
    TENDERS,
    Places,
    environment_for_demo,
    read_record,
    whole_number,
    write_record,
)
from .placement import try_lock

RESTARTS = 3
READY_SECONDS = 120.0
STOP_SECONDS = 3.5
LOG_BYTES = 5_000_000


def serve_demo(where: Places, environ: Mapping[str, str], *, port: int, wanted: services.Wanted) -> int:
    suppliers = whole_number(environ, "DEMO_SUPPLIERS", SUPPLIERS, least=0, most=1_000_000)
    lock = os.open(where.logs, os.O_RDONLY)
    try:
        if not try_lock(lock):
            address = read_record(where.demo_record).get("address")
            print_line(f"The demo of {where.home} already runs{f' at {address}' if address else ''}.")
            return 1
        return Demo(where, environ, port=port, wanted=wanted, suppliers=suppliers).run()
    finally:
        os.close(lock)


def running_port(where: Places) -> int | None:
    """The port of the demo that runs now, if one does."""
    lock = os.open(where.logs, os.O_RDONLY)
    try:
        if try_lock(lock, shared=True):
            return None
    finally:
        os.close(lock)
    return read_record(where.demo_record).get("port")


class Demo:
    def __init__(
        self,
        where: Places,
        environ: Mapping[str, str],
        *,
        port: int,
        wanted: services.Wanted,
        suppliers: int,
    ) -> None:
        self.where, self.environ, self.port = where, environ, port
        self.wanted, self.suppliers = wanted, suppliers
        self.address = f"http://localhost:{port}/"
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.deaths: dict[str, int] = {}
        self.env: dict[str, str] = {}
        self.serving = False

    def run(self) -> int:
        self._end_leftovers()
        self._write_record()
        try:
            self._check_port()
            self._rotate_logs()
            with (
                virtualenv.ready_virtualenv(self.where),
                services.demo_services(self.where, self.wanted) as servers,
            ):
                self.env = environment_for_demo(self.environ, self.where, servers.urls, port=self.port)
                self._prepare()
                try:
                    self._serve(servers)
                finally:
                    processes.end_processes(self.children.values(), seconds=STOP_SECONDS)
        except processes.Stopped:
            if not self.serving:
                raise
            print_line("Stopped.")
            if servers.left_running:
                print_line(
                    "PostgreSQL and Valkey stay up for another command that uses them, and stop with it."
                )
            return 0
        finally:
            self.where.demo_record.unlink(missing_ok=True)

    def _serve(self, servers: services.Services) -> NoReturn:
        self._start("web")
        listing = "Listing the logins"
        logins = project.command_output(self.where, "manage.py", "demo_logins", env=self.env, what=listing)
        self._until_ready(servers)
        for name in ("worker", "beat"):  # after: until the first page is there, the web needs the processor
            self._start(name)
        self.serving = True
        print_line(f"\nMaillage is ready: {self.address}\n")
        print_line(logins.rstrip())
        print_line(f"\nCtrl-C stops it. Logs: {self.where.logs}   Mail: {self.where.home / 'mail'}")
        while True:
            processes.pause_or_stop(0.25)
            self._watch(servers)

    # --- Before

    def _end_leftovers(self) -> None:
        record = read_record(self.where.demo_record)
        left = record.get("children", {}).values()
        if processes.end_leftovers(left, marker=str(self.where.python)):
            print_line("An earlier demo was killed; what it left running has been stopped.")

    def _check_port(self) -> None:
        if not port_is_free(self.port):
            another = self.port + 1 if self.port < 65_535 else self.port - 1
            raise Failed(
                f"Port {self.port} is taken by another program. Choose another: "
                f"PORT={another} python3 dev.py demo"
            )

    def _rotate_logs(self) -> None:
        for log in self.where.logs.glob("*.log"):
            if log.stat().st_size > LOG_BYTES:
                log.replace(log.with_suffix(".log.1"))

    def _write_record(self) -> None:
        children = {name: processes.process_record(child.pid) for name, child in self.children.items()}
        record = {"pid": os.getpid(), "address": self.address, "port": self.port, "children": children}
        write_record(self.where.demo_record, record)

    def _prepare(self) -> None:
        where, env = self.where, self.env
        for folder in ("mail", "media"):
            (where.home / folder).mkdir(mode=0o700, exist_ok=True)
        project.compile_messages(where, env)
        has_suppliers = project.migrate_database(where, env)
        # One transaction: a seed that was killed has left nothing, and is simply done again.
        if self.suppliers and not has_suppliers:
            numbers = ("--suppliers", str(self.suppliers), "--tenders", str(TENDERS))
            title = f"Making demo data ({self.suppliers} suppliers, {TENDERS} tenders)"
            project.run_manage_command(where, "seed_demo", *numbers, env=env, title=title)

    # --- While it runs

    def _commands(self) -> dict[str, processes.Argv]:
        python: processes.Argv = [self.where.python, "-m"]
        gunicorn = ["--bind", f"127.0.0.1:{self.port}"]
        gunicorn += ["--worker-class", "marketplace.web.http_worker.GatheringWorker"]
        gunicorn += ["--workers", "2", "--threads", "4"]
        gunicorn += ["--graceful-timeout", "3", "--no-control-socket", "--preload"]
        celery = ["celery", "-A", "marketplace"]
        return {
            "web": [*python, "gunicorn", "marketplace.wsgi", *gunicorn],
            "worker": [*python, *celery, "worker", "--concurrency", "2", "--loglevel", "INFO"],
            "beat": [*python, *celery, "beat", "-s", self.where.home / "beat-schedule", "--loglevel", "INFO"],
        }

    def _start(self, name: str) -> None:
        self.children[name] = processes.spawn_process(
            self._commands()[name],
            log=self._log(name),
            env=self.env,
            cwd=self.where.checkout,
            dies_with_us=signal.SIGTERM,
        )
        self._write_record()

    def _log(self, name: str) -> Path:
        return self.where.logs / f"{name}.log"

    def _watch(self, servers: services.Services) -> None:
        for name, child in list(self.children.items()):
            if child.poll() is not None:
                self._count_death(name, f"exit code {child.returncode}")
                processes.end_processes([child], seconds=0)
                self._start(name)
        for name in servers.restart_dead():
            self._count_death(name, "it is up again")

    def _count_death(self, name: str, detail: str) -> None:
        deaths = self.deaths[name] = self.deaths.get(name, 0) + 1
        log = self._log(name.lower().replace("postgresql", "postgres"))
        if deaths > RESTARTS:
            raise Failed(f"{name} ended {deaths} times, so the demo stops ({detail}).\n{log_tail(log)}")
        print_line(f"{name} ended by itself ({detail}); restart {deaths} of {RESTARTS}. Log: {log}")

    def _until_ready(self, servers: services.Services) -> None:
        with print_step("Starting the web server") as progress:
            while not answers_ready(self.port):
                processes.pause_or_stop(0.1)
                self._watch(servers)
                progress.tick()
                self._give_up(progress)

    def _give_up(self, progress: StepProgress) -> None:
        if progress.seconds > READY_SECONDS:
            raise Failed(
                f"/readyz did not answer 200 within {READY_SECONDS:.0f} s: "
                f"{readiness_answer(self.port)}\n{log_tail(self._log('web'))}"
            )


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn: one just closed is free
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Failed(
                f"Port {port} needs privileges that you lack: choose one from 1024, as in PORT=8000."
            ) from None
        except OSError:
            return False
    return True


def readiness_answer(port: int) -> str:
    """What /readyz says: "200 …", or why there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/readyz", headers={"Host": f"localhost:{port}"})
            answer = connection.getresponse()
            return f"{answer.status} {answer.read(300).decode('utf-8', 'replace')}"
        except (OSError, http.client.HTTPException) as error:
            return f"no answer ({error})"


def answers_ready(port: int) -> bool:
    return readiness_answer(port).startswith("200 ")
