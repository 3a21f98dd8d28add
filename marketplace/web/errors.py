"""Why a verb did not act, in a sentence for the person who asked. The verb's transaction is undone."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):  # a refusal is an answer, not a fault
    """`str(refusal)` is a whole sentence in the reader's language; pages show it as it is."""

    sentence: str | Promise = _("Cette action n’est pas possible.")

    def __init__(self, sentence: str | Promise | None = None) -> None:
        if sentence is not None:
            self.sentence = sentence
        super().__init__(self.sentence)

    def __str__(self) -> str:
        return str(self.sentence)


class NotAllowed(Refused):
    """The person may not do this, whatever the state of things."""

    sentence = _("Cette action ne vous est pas permise.")


class WrongMove(Refused):
    """The person may, but not now: the state of things does not allow it, or something is missing."""

    sentence = _("L’état de la fiche ne permet pas cette action.")
