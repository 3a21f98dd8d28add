"""Absolute addresses of the pages that people read."""

from django.conf import settings
from django.urls import reverse


def page_address(name: str, *args: str) -> str:
    """The address of a page on this site, in the language of the reader."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"
