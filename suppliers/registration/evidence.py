"""Opening a document that proves a criterion: members of the enterprise and staff of its territory, nobody else."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.accounts import personal_data
from marketplace.web.private_files import private_file_response
from marketplace.web.typography import NB, format_moment, format_number
from suppliers.models import EvidenceFile

MEGA, KILO = 1_000_000, 1_000


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
    return private_file_response(kept.file)


def facts(kept: EvidenceFile) -> str:
    """« PDF, 412 Ko, déposé le 21 nov. 2026, 14 h 05 »."""
    file = kept.file
    if file.size >= MEGA:
        size = _("%(n)s Mo") % {"n": format_number(file.size / MEGA, 1)}
    else:
        size = _("%(n)s Ko") % {"n": format_number(max(1, round(file.size / KILO)))}
    said = {"kind": file.kind_label, "size": size.replace(" ", NB), "at": format_moment(file.created_at)}
    return _("%(kind)s, %(size)s, déposé le %(at)s") % said
