"""The certifications of a supplier on its page in /gestion/: what the certificate says, and whether staff checked it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.permissions import signed_in_user
from marketplace.classification.labels import certification_labels
from marketplace.web.admin import PlainForm, ScopedStackedInline
from marketplace.web.private_files import UploadField
from suppliers.admin.forms import offer_choices
from suppliers.certifications import keep_certificate
from suppliers.models import EvidenceFile, HeldCertification


class HeldCertificationForm(PlainForm):
    """« Vérifiée » asks for the four things that the certificate says and shows."""

    upload = UploadField(label=_("Déposer le certificat"), required=False)
    checked = forms.BooleanField(
        label=_("Vérifiée : j’ai vu la pièce"),
        required=False,
        help_text=_("Sinon, la fiche indique « déclarée »."),
    )

    class Meta:
        model = HeldCertification
        fields = ["certification", "number", "issuer", "expires_on", "document"]

    def __init__(self, *args: Any, documents: QuerySet[EvidenceFile], by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.initial["checked"] = self.instance.checked_at is not None
        offer_choices(self.fields["certification"], list(certification_labels().items()))
        document: Any = self.fields["document"]
        document.queryset = documents
        offer_choices(document, [(kept.pk, kept.file.name) for kept in documents])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("checked") and not self.errors:
            asked = {name: cleaned.get(name) for name in ("number", "issuer", "expires_on")}
            asked["document"] = cleaned.get("document") or cleaned.get("upload")
            for name in [name for name, value in asked.items() if not value]:
                self.add_error(name, _("Requis pour vérifier la certification."))
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """In the transaction of the whole page: a certificate goes with its row."""
        row = self.instance
        if upload := self.cleaned_data.get("upload"):
            row.document = keep_certificate(supplier=row.supplier, by=self.by, upload=upload)
        if not self.cleaned_data["checked"]:
            row.checked_at = row.checked_by = None
        elif row.checked_at is None or set(self.changed_data) - {"checked"}:
            row.checked_at, row.checked_by = timezone.now(), self.by
        return super().save(commit)


class HeldCertificationFormSet(forms.BaseInlineFormSet):
    """Only the documents of this supplier, asked once for all rows."""

    by: Any = None  # set by the inline: who edits

    @cached_property
    def documents(self) -> QuerySet[EvidenceFile]:
        rows = EvidenceFile.objects.select_related("file")
        return rows.filter(supplier=self.instance) if self.instance.pk else rows.none()

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "documents": self.documents, "by": self.by}


class HeldCertificationInline(ScopedStackedInline):
    model = HeldCertification
    form = HeldCertificationForm
    formset = HeldCertificationFormSet
    may = frozenset({"view", "add", "change", "delete"})
    fields = ["certification", ("number", "issuer", "expires_on"), ("document", "upload"), "checked"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.by = signed_in_user(request)
        return formset
