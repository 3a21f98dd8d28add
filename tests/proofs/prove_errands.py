"""The buyer's three errands, each from a search to the document in the file: one of them is in the tests.

python3 dev.py prove errands
"""

from __future__ import annotations

import pytest

from tests.scenario.test_shortlist import ERRANDS, do_errands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_three_errands_are_done_justified_and_filed(live_server, browser):
    do_errands(live_server.url, browser, ERRANDS)
