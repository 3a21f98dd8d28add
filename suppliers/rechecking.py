"""What a pôle vouches for on a published sheet: a change to it is looked at again (docs/adr/0011)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suppliers.models import Supplier

#: By the code that `Supplier.recheck` keeps; answers to criteria are « c1 » to « c6 ».
VOUCHED = {
    "name": gettext_lazy("le nom"),
    "legal_form": gettext_lazy("la forme juridique"),
    "mrc_id": gettext_lazy("le lieu du siège"),
}
_CRITERION = re.compile(r"c[1-6]")


def vouched(changed: Iterable[str]) -> set[str]:
    """Of what changed, by name of field or code of criterion, what was verified."""
    return {name for name in changed if name in VOUCHED or _CRITERION.fullmatch(name)}


def changed_since_verified(supplier: Supplier) -> str:
    """« le nom et la forme juridique »; empty where nothing that was verified has changed."""
    phrases = [str(VOUCHED[code]) for code in supplier.recheck if code in VOUCHED]
    if any(code not in VOUCHED for code in supplier.recheck):
        phrases.append(_("les réponses aux critères"))
    return get_text_list(phrases, _("et"))
