"""`dev.py prove outside`: a scripted outsider against the site as it runs for real, on loopback; each attempt is harmless.

The parts lie in tests/proofs/outside, one file for each kind; `site.py` starts the site and watches that it answers. To
add one: functions `test_…(outside)` in a file of its own, and its line below.
"""

from tests.proofs.outside.doors import *  # noqa: F403 (its tests)
from tests.proofs.outside.hosts import *  # noqa: F403 (its tests)
from tests.proofs.outside.security_log import *  # noqa: F403 (its tests)
from tests.proofs.outside.site import (  # noqa: F401 (pytest finds fixtures here)
    _real_hashes,
    _site,
    outside,
    outside_without_valkey,
)
from tests.proofs.outside.slow import *  # noqa: F403 (its tests)
from tests.proofs.outside.squatting import *  # noqa: F403 (its tests)
