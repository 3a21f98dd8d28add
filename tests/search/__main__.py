"""`python -m tests.search`: the figures of the search on the database of DATABASE_URL, in seconds.

Whatever directory stands there is measured by its own labels: the demo's (`seed_demo`, of any size) or the registry
extract. Lists the queries that went badly; those held out are asked only with `--held-out` or `--all`, and never listed.
"""

from __future__ import annotations

import argparse
import sys

import django

django.setup()

from .facts import read_facts  # noqa: E402 - they need the models
from .labels import KINDS, LANGUAGES, SETS, ask, read_queries  # noqa: E402
from .measure import POOR, as_failures, as_labels, as_table, measure, which_set  # noqa: E402


def say(lines: str) -> None:
    sys.stdout.write(f"{lines}\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.search", description=__doc__)
    parser.add_argument(
        "--held-out", action="store_true", help="the figures of what is held out, nothing listed"
    )
    parser.add_argument(
        "--all", action="store_true", help="both parts, nothing listed: the figures that are published"
    )
    parser.add_argument("--below", type=float, default=POOR, help="list what has a P@10 below this (0.5)")
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--set", choices=SETS, help="only this one: all but the first were written blind")
    parser.add_argument(
        "--labels", action="store_true", help="do not search: list how many are right for each query"
    )
    options = parser.parse_args()
    directory = read_facts()
    held = None if options.all else options.held_out
    queries = [
        query
        for query in read_queries(which_set(directory), held=held)
        if options.language in (None, query.language)
        and options.kind in (None, query.kind)
        and options.set in (None, query.set_name)
    ]
    if options.labels:
        say(as_labels([ask(query, directory) for query in queries], directory))
        return
    answers = measure(queries, directory)
    if held is False:
        say(as_failures(answers, below=options.below) + "\n")
    say(f"{which_set(directory)}: {len(directory)} suppliers")
    say(as_table(answers))


main()
