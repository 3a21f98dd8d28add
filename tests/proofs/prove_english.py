"""The pages of the back room in English say nothing in French; those of the public are in the tests.

python3 dev.py prove english
"""

from __future__ import annotations

import pytest

from tests.languages.test_crawl import crawl_in_english


@pytest.mark.django_db
def test_the_back_room_in_english_says_nothing_in_french():
    crawl_in_english(("staff", "platform_admin"))
