"""Tagged PDF documents (PDF/UA-1) from facts: a template of `templates/pdf` chooses words and places, as on a page.

Facts go in as data (JSON that the template reads), never as source: what a name says cannot become code. A template
reaches no file outside its folder and no package; fonts are those that typst carries (Libertinus Serif, OFL).
"""

from __future__ import annotations

import hashlib
import io
import json
import threading
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
        if not isinstance(made, bytes):
            raise TypeError(f"{template} made {type(made).__name__}")
        return made


_typesetter = ProcessCache(_Typesetter, seconds=float("inf"))


def render_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """A document from `templates/pdf/<template>`, which finds `data` in `sys.inputs.data`.

    The same facts give the same document: it is kept an hour under their digest. Lazy texts are read in the language of
    this moment. Raises `typst.TypstError` where the template is wrong, as a page's template would.
    """
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, default=_plain)
    key = f"pdf:{template}:{hashlib.sha256((_version(template) + text).encode()).hexdigest()}"
    kept = cache.get(key)
    if isinstance(kept, bytes):
        return kept
    made = _typesetter().compile(template, text)
    cache.set(key, made, KEPT_SECONDS)
    return made


def _plain(value: Any) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"a template cannot read {type(value).__name__}")


def _version(template: str) -> str:
    """Another template, another document."""
    return "|".join(str((FOLDER / name).stat().st_mtime_ns) for name in (template, "base.typ"))


def qr_code(address: str) -> str:
    """An address as a QR code, in SVG: what paper leads back to the page by."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=0, scale=4, xmldecl=False, svgns=True, nl=False
    )
    return drawn.getvalue().decode()
