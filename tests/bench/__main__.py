"""`dev.py bench` runs this on a database of its own."""

import sys

import django

django.setup()

from tests.bench.command import Command  # noqa: E402 - it needs the models

Command().run_from_argv(["dev.py", "bench", *sys.argv[1:]])
