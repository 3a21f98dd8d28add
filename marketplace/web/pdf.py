"""Tagged PDF documents (PDF/UA-1) from facts: a template of `templates/pdf` chooses words and places, as on a page.

Facts go in as data (JSON that the template reads), never as source: what a name says cannot become code. A template
reaches no file outside its folder and no package; fonts are those that typst carries (Libertinus Serif, OFL).
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import threading
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.core.cache import cache
from django.utils.functional import Promise

from marketplace.web.process_cache import ProcessCache

FOLDER = Path(settings.BASE_DIR) / "templates" / "pdf"
KEPT_SECONDS = 3_600
STANDARD = "ua-1"
#: What the fonts have no letter for, which the standard refuses to hide: no page fails for an emoji in a description.
_WITHOUT_LETTER = re.compile(
    "[^\n\t -~\u00a0-\u024f\u0391-\u03a1\u03a3-\u03c9\u0401-\u044f\u2009\u2013\u2014\u2018-\u201e\u2022\u2026\u202f\u20ac\u2122\u2212]+"
)
INSTEAD = "□"


class _Typesetter:
    """One for each process: its fonts take 45 ms to read, and it makes one document at a time."""

    def __init__(self) -> None:
        self._compiler = typst.Compiler(
            root=str(FOLDER),
            ignore_system_fonts=True,
            package_path=str(
                FOLDER
            ),  # no package is looked for elsewhere, nor downloaded into the home folder
            package_cache_path=str(FOLDER),
        )
        self._lock = threading.Lock()

    def compile(self, template: str, data: str) -> bytes:
        with self._lock:
            made = self._compiler.compile(
                input=str(FOLDER / template), sys_inputs={"data": data}, pdf_standards=[STANDARD]
            )
        return _whole(template, made)

    def draw(self, template: str, data: str, ppi: float) -> bytes:
        with self._lock:
            made = self._compiler.compile(
                input=str(FOLDER / template), sys_inputs={"data": data}, format="png", ppi=ppi
            )
        return _whole(template, made)


def _whole(template: str, made: object) -> bytes:
    if not isinstance(made, bytes):
        raise TypeError(f"{template} made {type(made).__name__}")
    return made


_typesetter = ProcessCache(_Typesetter, seconds=float("inf"))


def render_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """A document from `templates/pdf/<template>`, which finds `data` in `sys.inputs.data`.

    The same facts give the same document: it is kept an hour under their digest. Lazy texts are read in the language of
    this moment. What no font can write becomes « □ ». Raises `typst.TypstError` where the template is wrong, as a page's
    template would.
    """
    text = _as_json(data)
    key = f"pdf:{template}:{hashlib.sha256((_version(template) + text).encode()).hexdigest()}"
    kept = cache.get(key)
    if isinstance(kept, bytes):
        return kept
    made = _compile(template, text)
    cache.set(key, made, KEPT_SECONDS)
    return made


def render_large_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The same for a document of many pages, which no cache keeps: for a task, not for a page."""
    return _compile(template, _as_json(data))


def draw_picture(template: str, data: Mapping[str, Any], *, ppi: float) -> bytes:
    """The only page of such a template as a PNG of so many dots an inch; nothing is kept."""
    return _typesetter().draw(template, _as_json(data), ppi)


def _as_json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, default=_plain)


def _compile(template: str, text: str) -> bytes:
    try:
        return _typesetter().compile(template, text)
    except typst.TypstError as fault:
        if "could not be displayed" not in str(fault):
            raise
        return _typesetter().compile(template, json.dumps(_written(json.loads(text)), ensure_ascii=False))


def _written(value: Any) -> Any:
    """The same facts in letters that the fonts have."""
    if isinstance(value, str):
        return _WITHOUT_LETTER.sub(INSTEAD, unicodedata.normalize("NFC", value))
    if isinstance(value, dict):
        return {name: _written(one) for name, one in value.items()}
    return [_written(one) for one in value] if isinstance(value, list) else value


def _plain(value: Any) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"a template cannot read {type(value).__name__}")


def _version(template: str) -> str:
    """Another template, another document."""
    return "|".join(str((FOLDER / name).stat().st_mtime_ns) for name in (template, "base.typ"))


def qr_code(address: str, *, mask: int | None = None) -> str:
    """An address as a QR code, in SVG: what paper leads back to the page by.

    The best of the eight masks of the standard is chosen; where hundreds are drawn, one `mask` takes a third of the time,
    and every reader reads it.
    """
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False, mask=mask).save(
        drawn, kind="svg", border=0, scale=4, xmldecl=False, svgns=True, nl=False
    )
    return drawn.getvalue().decode()
