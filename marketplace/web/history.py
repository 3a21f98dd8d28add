"""History by trigger: every insert, update and delete of a tracked table leaves a row, also under bulk writes."""

from typing import TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=type[models.Model])


def tracked(model: M) -> M:
    """Class decorator: keep the history of a model, deletions included. `verb` says who did it.

    Not append-only: erasing a person (Law 25) erases their history too.
    """
    return pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())(model)
