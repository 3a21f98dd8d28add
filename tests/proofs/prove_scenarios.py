"""`dev.py prove scenarios`: two or three people at once, from a search to a contract, each in a browser of their own.

Each scenario three times: on a wide screen, without JavaScript, and on a phone. After each page nothing may scroll sideways,
and no page may fail. To add one: a function `test_…(stage)` in a file of its own, and its line below.
"""

import pytest

from tests.proofs.scenarios.alerts import *  # noqa: F403 (its tests)
from tests.proofs.scenarios.asking import *  # noqa: F403 (its tests)
from tests.proofs.scenarios.consortium import *  # noqa: F403 (its tests)
from tests.proofs.scenarios.contract import *  # noqa: F403 (its tests)
from tests.proofs.scenarios.outreach import *  # noqa: F403 (its tests)
from tests.proofs.scenarios.own_list import *  # noqa: F403 (its tests)
from tests.proofs.scenarios.people import _no_broker, stage  # noqa: F401 (pytest finds fixtures here)
from tests.proofs.scenarios.shelf import *  # noqa: F403 (its tests)
from tests.proofs.scenarios.stale_source import *  # noqa: F403 (its tests)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
