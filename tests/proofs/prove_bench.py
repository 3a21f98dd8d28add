"""`dev.py bench --json` on a few rows: one line, every promise of it.

python3 dev.py prove bench
"""

from __future__ import annotations

import pytest

from tests.bench.test_bench import check_every_promise


@pytest.mark.django_db(transaction=True)  # the imports run in processes of their own
def test_bench_prints_one_line_of_json_with_every_promise(settings, monkeypatch):
    check_every_promise(settings, monkeypatch)
