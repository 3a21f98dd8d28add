"""What every page may use: the site's context, and the pages that any app may lead to."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


@cache
def english_exists() -> bool:
    """Whether the English catalogue is compiled: until then nothing offers English."""
    return any(
        (Path(folder) / "en" / "LC_MESSAGES" / "django.mo").is_file() for folder in settings.LOCALE_PATHS
    )


def site_context(request: HttpRequest) -> dict[str, object]:
    """The context processor of the site."""
    return {"SITE_URL": settings.SITE_URL, "DEMO": settings.DEMO, "ENGLISH": english_exists()}


def site_page_url(name: str) -> str:
    """The address of one of `settings.SITE_PAGES` (« my_space », « contact »), in the language being written.

    An app leads to these pages without knowing which app shows them.
    """
    return reverse(settings.SITE_PAGES[name])
