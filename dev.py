#!/usr/bin/env python3
"""One command for everything a developer does: `python3 dev.py` lists what. Standard library only."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (whoever has an older one should read why)
    sys.exit("dev.py needs Python 3.11 or later; this is Python {}.{}.".format(*sys.version_info[:2]))

import os
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Not `marketplace.devtools`: importing `marketplace` needs what is not installed yet.
# Last in the path: nothing in that folder may hide a module of the standard library.
sys.path.append(str(HERE / "marketplace"))

from devtools.console import Failed, print_line, use_standard_error  # noqa: E402
from devtools.demo import running_port, serve_demo  # noqa: E402
from devtools.environment import (  # noqa: E402
    PORT,
    Places,
    environment_for_demo,
    environment_for_manage_elsewhere,
    environment_for_tests,
    find_places,
    whole_number,
)
from devtools.gate import check_proof, proof_files, run_gate, run_proof  # noqa: E402
from devtools.processes import Argv, Stopped, catch_stop_signals, raise_if_stopped  # noqa: E402
from devtools.project import compile_messages, database_beside, migrate_database, run_in_foreground  # noqa: E402
from devtools.services import Wanted, demo_services, scratch_services  # noqa: E402
from devtools.virtualenv import ready_virtualenv  # noqa: E402

USAGE = """\
python3 dev.py COMMAND

  demo               serve Maillage with demo data at http://localhost:8000/, until Ctrl-C
  test [ARGS…]       the linters, then the tests; ARGS go to pytest
  manage ARGS…       manage.py on the demo's data
  bench [ARGS…]      speed and size against their budgets (--suppliers N, --json)
  prove NAME         one slow proof

Environment: PORT (8000), DEMO_SUPPLIERS (11200), DEMO_HOME (.dev/ in the checkout).
DATABASE_URL or REDIS_URL, where set, are used instead of the embedded PostgreSQL and Valkey.
"""


def run_demo(where: Places, args: list[str]) -> int:
    if args:
        raise Usage(f"demo takes no arguments, but got: {' '.join(args)}")
    return serve_demo(where, os.environ, port=wanted_port(), wanted=wanted_services())


def run_test(where: Places, args: list[str]) -> int:
    with (
        ready_virtualenv(where),
        scratch_services(where, "test", wanted_services()) as (scratch, servers),
    ):
        env = environment_for_tests(os.environ, where, servers.urls, scratch=scratch)
        compile_messages(where, env)
        return run_gate(where, scratch, args, env)


def run_prove(where: Places, args: list[str]) -> int:
    if not args:
        raise Usage(f"prove needs a name; there are: {', '.join(proof_files(where)) or 'none yet'}")
    check_proof(where, args[0])
    with (
        ready_virtualenv(where),
        scratch_services(where, "prove", wanted_services()) as (scratch, servers),
    ):
        env = environment_for_tests(os.environ, where, servers.urls, scratch=scratch)
        compile_messages(where, env)
        return run_proof(where, args[0], args[1:], env)


def run_manage(where: Places, args: list[str]) -> int:
    use_standard_error()
    served = running_port(where) or wanted_port()
    with ready_virtualenv(where), demo_services(where, wanted_services()) as servers:
        if wanted_services().postgres:
            env = environment_for_demo(os.environ, where, servers.urls, port=served)
        else:
            env = environment_for_manage_elsewhere(os.environ, where, servers.urls)
        compile_messages(where, env)
        if servers.postgres.made_cluster and args[:1] != ["migrate"]:
            print_line("The database is new and empty. `python3 dev.py manage migrate` makes its tables.")
        argv = manage_argv(where, args)
        # In the developer's own folder: relative file names mean what they typed.
        return run_in_foreground(argv, env=env, cwd=Path.cwd(), patience=None)


def run_bench(where: Places, args: list[str]) -> int:
    use_standard_error()
    with (
        ready_virtualenv(where),
        scratch_services(where, "bench", wanted_services()) as (scratch, servers),
    ):
        env = environment_for_tests(os.environ, where, servers.urls, scratch=scratch)
        if wanted_services().postgres:
            return bench_on(where, args, env)
        with database_beside(where, os.environ["DATABASE_URL"], env) as url:
            return bench_on(where, args, {**env, "DATABASE_URL": url})


def bench_on(where: Places, args: list[str], env: dict[str, str]) -> int:
    compile_messages(where, env)
    migrate_database(where, env)
    argv: Argv = [where.python, "-m", "tests.bench", *args]
    code = run_in_foreground(argv, env=env, cwd=HERE, patience=5)
    raise_if_stopped()
    return code


def manage_argv(where: Places, args: list[str]) -> Argv:
    return [where.python, HERE / "manage.py", *args]


COMMANDS: dict[str, Callable[[Places, list[str]], int]] = {
    "demo": run_demo,
    "test": run_test,
    "manage": run_manage,
    "bench": run_bench,
    "prove": run_prove,
}


class Usage(Exception):
    """The command line makes no sense; the message says why."""


def wanted_port() -> int:
    return whole_number(os.environ, "PORT", PORT, least=1, most=65_535)


def wanted_services() -> Wanted:
    given = os.environ.get
    return Wanted(postgres=not given("DATABASE_URL"), valkey=not given("REDIS_URL"))


def main(argv: list[str]) -> int:
    if not argv or argv[0] in {"-h", "--help", "help"}:
        print(USAGE)
        return 0 if argv else 2
    if argv[0] not in COMMANDS:
        print(f"dev.py: there is no command {argv[0]!r}.\n\n{USAGE}", file=sys.stderr)
        return 2
    catch_stop_signals()
    try:
        return COMMANDS[argv[0]](find_places(HERE, os.environ), argv[1:])
    except Usage as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 2
    except (Failed, OSError) as error:
        print(f"dev.py: {error}", file=sys.stderr, flush=True)
        return 1
    except Stopped as stopped:
        print_line("Stopped.")
        return 128 + stopped.signum


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
