"""How long whoever asked to act for an organisation, or sent a sheet, waits for an answer: one sentence everywhere."""

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import ngettext


def usual_wait() -> str:
    """« D’ordinaire, la réponse vient par courriel en 10 jours ouvrables au plus. » A habit, not a promise."""
    days: int = settings.DECISION_WORKDAYS
    return ngettext(
        "D’ordinaire, la réponse vient par courriel en %(n)s jour ouvrable au plus.",
        "D’ordinaire, la réponse vient par courriel en %(n)s jours ouvrables au plus.",
        days,
    ) % {"n": days}


#: The same sentence in the language of the mail that it stands in.
usual_wait_lazy = lazy(usual_wait, str)
