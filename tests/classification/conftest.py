"""What is remembered per process must not travel from one test to the next."""

import pytest

from marketplace.web.remembered import forget_all


@pytest.fixture(autouse=True)
def _forget():
    forget_all()
    yield
    forget_all()
