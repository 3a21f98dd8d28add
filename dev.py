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

from devtools import console, demo, environment, gate, processes, project, services, virtualenv  # noqa: E402

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


def run_demo(where: environment.Places, args: list[str]) -> int:
    if args:
        raise Usage(f"demo takes no arguments, but got: {' '.join(args)}")
    return demo.run(where, os.environ, port=port(), wanted=wanted())


def run_test(where: environment.Places, args: list[str]) -> int:
    with virtualenv.ready(where), services.scratch(where, "test", wanted()) as (scratch, servers):
        env = environment.for_tests(os.environ, where, servers.urls, scratch=scratch)
        project.compile_messages(where, env)
        return gate.run(where, scratch, args, env)


def run_prove(where: environment.Places, args: list[str]) -> int:
    if not args:
        raise Usage(f"prove needs a name; there are: {', '.join(gate.proofs(where)) or 'none yet'}")
    gate.check_proof(where, args[0])
    with virtualenv.ready(where), services.scratch(where, "prove", wanted()) as (scratch, servers):
        env = environment.for_tests(os.environ, where, servers.urls, scratch=scratch)
        project.compile_messages(where, env)
        return gate.prove(where, args[0], args[1:], env)


def run_manage(where: environment.Places, args: list[str]) -> int:
    console.use_standard_error()
    served = demo.running_port(where) or port()
    with virtualenv.ready(where), services.of_demo(where, wanted()) as servers:
        if wanted().postgres:
            env = environment.for_demo(os.environ, where, servers.urls, port=served)
        else:
            env = environment.for_manage_elsewhere(os.environ, where, servers.urls)
        project.compile_messages(where, env)
        if servers.postgres.made_cluster and args[:1] != ["migrate"]:
            console.say("The database is new and empty. `python3 dev.py manage migrate` makes its tables.")
        argv = manage_argv(where, args)
        # In the developer's own folder: relative file names mean what they typed.
        return project.foreground(argv, env=env, cwd=Path.cwd(), patience=None)


def run_bench(where: environment.Places, args: list[str]) -> int:
    console.use_standard_error()
    with virtualenv.ready(where), services.scratch(where, "bench", wanted()) as (scratch, servers):
        env = environment.for_tests(os.environ, where, servers.urls, scratch=scratch)
        if wanted().postgres:
            return bench_on(where, args, env)
        with project.database_beside(where, os.environ["DATABASE_URL"], env) as url:
            return bench_on(where, args, {**env, "DATABASE_URL": url})


def bench_on(where: environment.Places, args: list[str], env: dict[str, str]) -> int:
    project.compile_messages(where, env)
    project.migrate(where, env)
    argv: processes.Argv = [where.python, "-m", "tests.bench", *args]
    code = project.foreground(argv, env=env, cwd=HERE, patience=5)
    processes.check()
    return code


def manage_argv(where: environment.Places, args: list[str]) -> processes.Argv:
    return [where.python, HERE / "manage.py", *args]


COMMANDS: dict[str, Callable[[environment.Places, list[str]], int]] = {
    "demo": run_demo,
    "test": run_test,
    "manage": run_manage,
    "bench": run_bench,
    "prove": run_prove,
}


class Usage(Exception):
    """The command line makes no sense; the message says why."""


def port() -> int:
    return environment.whole_number(os.environ, "PORT", environment.PORT, least=1, most=65_535)


def wanted() -> services.Wanted:
    given = os.environ.get
    return services.Wanted(postgres=not given("DATABASE_URL"), valkey=not given("REDIS_URL"))


def main(argv: list[str]) -> int:
    if not argv or argv[0] in {"-h", "--help", "help"}:
        print(USAGE)
        return 0 if argv else 2
    if argv[0] not in COMMANDS:
        print(f"dev.py: there is no command {argv[0]!r}.\n\n{USAGE}", file=sys.stderr)
        return 2
    processes.listen()
    try:
        return COMMANDS[argv[0]](environment.places(HERE, os.environ), argv[1:])
    except Usage as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 2
    except (console.Failed, OSError) as error:
        print(f"dev.py: {error}", file=sys.stderr, flush=True)
        return 1
    except processes.Stopped as stopped:
        console.say("Stopped.")
        return 128 + stopped.signum


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
