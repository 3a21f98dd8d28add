"""Opening a document that proves a criterion: members of the enterprise and staff of its territory, nobody else."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from marketplace.accounts import personal_data
from marketplace.web import private_files
from suppliers.models import EvidenceFile


@require_safe
def download(request: HttpRequest, file: uuid.UUID) -> HttpResponseBase:
    """The document as an attachment. Who may not read it learns nothing, not even that it exists."""
    kept = (
        EvidenceFile.objects.visible_to(request.user)
        .select_related("file", "answer__supplier__organisation")
        .filter(file=file)
        .first()
    )
    if kept is None:
        raise Http404
    organisation = kept.answer.supplier.organisation
    if request.user.is_authenticated and organisation.pk not in request.user.organisation_ids:
        personal_data.record_read(reader=request.user, organisation=organisation, what="supplier.evidence")
    return private_files.response(kept.file)
