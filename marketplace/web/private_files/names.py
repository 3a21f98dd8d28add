"""The name under which a file is given back: the person's own, without what could fool a reader or a system."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from marketplace.web.private_files.kinds import Kind

LONGEST = 120
# Separators of every system, and what Windows refuses in a name.
_UNSAFE = re.compile(r'[\\/:*?"<>|]+')
# A right-to-left mark can make « exe.pdf » look like « fdp.exe »; control and private characters have no place either.
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def clean(name: str, kind: Kind, otherwise: str) -> str:
    """`name` in one line, at most 120 characters, with an extension that tells the truth."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    text = "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)
    text = " ".join(_UNSAFE.sub("_", text).split()).strip(". ")
    path = PurePosixPath(text) if text else PurePosixPath(otherwise)
    extension = path.suffix.lstrip(".").lower()
    if extension in kind.extensions:
        stem = path.stem
    else:
        # « budget 2.0 » keeps its figure; « photo.webp », kept as JPEG, and « rapport.exe » lose theirs.
        is_extension = 2 <= len(extension) <= 5 and extension.isalnum() and not extension.isdigit()
        stem = path.stem if is_extension else path.name
        extension = kind.extensions[0]
    stem = stem.strip(". ") or otherwise
    return f"{stem[: LONGEST - len(extension) - 1].rstrip('. ')}.{extension}"
