"""Tables that people hand over to be read once: CSV or XLSX, kept only until they are."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django import forms
from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.web.errors import Refused
from marketplace.web.private_files.checks import Checked, copy_counted
from marketplace.web.private_files.kinds import CSV, XLSX, clean_file_name
from marketplace.web.private_files.models import PrivateFile
from marketplace.web.private_files.storage import private_storage
from marketplace.web.tabular import TableError, refuse_what_is_no_table

ACCEPTED_TABLES = ".csv,.txt,.tsv,.xlsx,.xlsm"
_PIECE = 256 * 1024


def check_table(upload: File[Any]) -> Checked:
    """An upload that may be a table, by its content. Raises `Refused` with the sentence for the person."""
    content = copy_counted(upload)
    start = content.read(4096)
    try:
        refuse_what_is_no_table(start)
    except TableError as fault:
        raise Refused(str(fault)) from fault
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    content.seek(0)
    kind = XLSX if start.startswith(b"PK\x03\x04") else CSV
    name = clean_file_name(upload.name or "", kind, _("liste"))
    return Checked(name=name, kind=kind, content=content, size=size, sha256=digest.hexdigest())


@contextmanager
def table_path(content: IO[bytes] | PrivateFile) -> Iterator[Path]:
    """What was handed over as a file on disk, for `tabular`, while the block lasts. Raises OSError where it is gone."""
    with tempfile.NamedTemporaryFile(suffix=".table") as copy:
        if isinstance(content, PrivateFile):
            with private_storage().open(content.place) as kept:
                shutil.copyfileobj(kept, copy, _PIECE)
        else:
            content.seek(0)
            shutil.copyfileobj(content, copy, _PIECE)
            content.seek(0)
        copy.flush()
        yield Path(copy.name)


class TableField(forms.FileField):
    """One table, checked; its cleaned value is a `Checked`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            error_messages={
                "required": gettext_lazy("Choisissez un fichier."),
                "missing": gettext_lazy("Choisissez un fichier."),
                "invalid": gettext_lazy("Le fichier n’est pas arrivé. Choisissez-le de nouveau."),
                "empty": gettext_lazy("Ce fichier est vide. Vérifiez-le, puis déposez-le de nouveau."),
            },
            widget=forms.FileInput(attrs={"accept": ACCEPTED_TABLES}),
            **kwargs,
        )

    def to_python(self, data: Any) -> Checked | None:
        upload = super().to_python(data)
        if upload is None:
            return None
        try:
            return check_table(upload)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal), code="refused") from refusal
