"""What every template may use."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest


@cache
def english_exists() -> bool:
    """Whether the English catalogue is compiled: until then nothing offers English."""
    return any(
        (Path(folder) / "en" / "LC_MESSAGES" / "django.mo").is_file() for folder in settings.LOCALE_PATHS
    )


def site(request: HttpRequest) -> dict[str, object]:
    return {"SITE_URL": settings.SITE_URL, "DEMO": settings.DEMO, "ENGLISH": english_exists()}
