"""The picture that a shared link shows (Open Graph, 1200 × 630): a name, what it is, where; nothing about a person.

The typesetter that makes our documents draws it, with its own letters; pillow makes it light. Kept ten minutes under its
facts: what is withdrawn is drawn no more, what changed is drawn anew.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.text import Truncator
from PIL import Image

from marketplace.web import languages
from marketplace.web.pdf import draw_picture

SECONDS = 600
TEMPLATE = "link.typ"
COLOURS = 48
LONGEST = 120  # characters of a title


def link_picture(*, kicker: str, title: str, lines: Sequence[str], paint: str) -> tuple[str, bytes]:
    """A digest of what it says, and the PNG, some 15 kB. `paint`: « bleuet », « epinette » or « meleze »."""
    facts = {
        "kicker": kicker,
        "title": Truncator(title).chars(LONGEST),
        "lines": [Truncator(line).chars(90) for line in lines if line][:3],
        "paint": paint,
        "language": "en" if languages.is_english() else "fr",
    }
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]
    kept = cache.get(f"link-picture:{digest}")
    if isinstance(kept, bytes):
        return digest, kept
    drawn = Image.open(io.BytesIO(draw_picture(TEMPLATE, facts, ppi=72))).convert("RGB")
    light = io.BytesIO()
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(light, "PNG", optimize=True)
    cache.set(f"link-picture:{digest}", light.getvalue(), SECONDS)
    return digest, light.getvalue()


def link_picture_response(
    request: HttpRequest, *, kicker: str, title: str, lines: Sequence[str], paint: str
) -> HttpResponse:
    digest, content = link_picture(kicker=kicker, title=title, lines=lines, paint=paint)
    etag = f'"{digest}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        content, content_type="image/png", headers={"ETag": etag}
    )
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # other sites show it, that is what it is for
    return response
