"""These tests need neither the database nor Django: dev.py runs before either is there."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.devtools.environment import Places

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def where(tmp_path: Path) -> Places:
    """A home of its own for a checkout that is not there."""
    home = tmp_path / "home"
    (home / "logs").mkdir(parents=True)
    return Places(checkout=tmp_path / "checkout", home=home)


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    """A process of a session of its own that would live for a minute."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    yield process
    process.kill()
    process.wait()
