"""The form's side: the rules beside the field, and the answer beside the field where they are not met."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.errors import Refused
from marketplace.web.private_files.checks import Checked, check_upload
from marketplace.web.private_files.kinds import ACCEPTED


class UploadField(forms.FileField):
    """One file, checked. Its cleaned value is a `Checked` that `store_private_file(upload=…)` takes. The form needs
    `enctype="multipart/form-data"`.
    """

    widget = forms.FileInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Fichier"))
        kwargs.setdefault(
            "help_text",
            _("PDF, photo (JPEG, PNG, WebP) ou document Word, Excel, PowerPoint ou OpenDocument sans macros; 10 Mo au plus. La position et les autres données cachées des photos sont retirées."),
        )  # fmt: skip
        kwargs.setdefault(
            "error_messages",
            {
                "required": _("Choisissez un fichier."),
                "missing": _("Choisissez un fichier."),
                "invalid": _("Le fichier n’est pas arrivé. Choisissez-le de nouveau."),
                "empty": _("Ce fichier est vide. Vérifiez-le, puis déposez-le de nouveau."),
            },
        )
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ACCEPTED}

    def to_python(self, data: Any) -> Checked | None:
        upload = super().to_python(data)
        if upload is None:
            return None
        try:
            return check_upload(upload)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal), code="refused") from refusal
