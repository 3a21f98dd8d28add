"""Every page at every width in both languages: what the tests look at in part, in whole.

python3 dev.py prove access
"""

from __future__ import annotations

import pytest

from tests.web import test_access_everywhere as everywhere
from tests.web.access import NARROW, WIDE
from tests.web.test_access_everywhere import (  # noqa: F401 - pytest finds them here
    test_every_list_with_rows_is_open_to_everybody,
    test_every_page_is_open_to_everybody,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def in_whole(monkeypatch):
    both = everywhere.Widths(
        page=(WIDE, NARROW), back_room=(WIDE, NARROW), english=(NARROW, WIDE), every_row=True
    )
    monkeypatch.setattr(everywhere, "EVERY_PAGE", both)
    monkeypatch.setattr(everywhere, "EVERY_LIST", both)


def test_every_list_of_the_back_room_is_open_to_everybody(browser, live_server):
    everywhere.look_at_lists("staff", browser, live_server.url)
