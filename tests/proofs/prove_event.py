"""`dev.py prove event`: the matchmaking day of tests/scenario/test_event.py, with script."""

import pytest
from playwright.sync_api import Browser

from tests.scenario.test_event import site, walk_the_day

__all__ = ["site"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_day_with_script(site: str, browser: Browser) -> None:
    walk_the_day(site, browser, script=True)
