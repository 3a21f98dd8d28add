"""A step in an address: a word of the reader's language, so that the page keeps its place when the language changes."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation

from . import steps


class StepConverter:
    """« identite » or « identity » in the path, `identity` in the code."""

    regex = "[a-z]+"

    def to_python(self, value: str) -> str:
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                for step, path in steps.PATHS.items():
                    if value == str(path):
                        return step
        raise ValueError(value)

    def to_url(self, step: str) -> str:
        return str(steps.PATHS[step])
