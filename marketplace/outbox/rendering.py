"""A mail's two parts from its templates, in the reader's language; HTML and text say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import translation


@dataclass(frozen=True)
class Body:
    text: str
    html: str


def render(*, template: str, context: dict[str, Any], language: str) -> Body:
    """Render `mail/<template>.html` and `.txt`. Nothing is escaped in the text, everything in the HTML."""
    with translation.override(language):
        shared = {
            "SITE_URL": settings.SITE_URL,
            "site_name": settings.SENDER_NAME,
            "logo_url": absolute(static("img/logo-mail.png")),
            "language": language,
            **context,
        }
        html = _compiled(f"mail/{template}.html").render(Context(shared))
        text = _compiled(f"mail/{template}.txt").render(Context(shared, autoescape=False))
    return Body(text=_tidy(text), html=html.strip() + "\n")


def absolute(path: str) -> str:
    """An address that works outside the site; what is already whole stays as it is."""
    return path if "://" in path else settings.SITE_URL + path


def _compiled(name: str) -> Any:
    return get_template(name).template  # type: ignore[attr-defined]  # the Django backend's own template


def _tidy(text: str) -> str:
    """No spaces at line ends, at most one empty line between paragraphs."""
    lines = (line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
