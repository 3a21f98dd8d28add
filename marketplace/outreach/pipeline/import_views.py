"""« Importer une liste d’institutions » under /gestion/: checked or imported, every fault by its row, and the way back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.outreach.models import Approach
from marketplace.outreach.pipeline.forms import BodiesForm
from marketplace.outreach.pipeline.importing import ImportOutcome, import_bodies, undo_body_import
from marketplace.web.admin_lists import NAMED
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.tabular import TableError


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def bodies_page(request: HttpRequest) -> HttpResponse:
    """POST: `import` keeps what is read, anything else only checks; `undo` takes a list back."""
    reader = signed_in_user(request)
    if request.method == "POST" and (batch := _batch(request.POST.get("undo", ""))):
        _undo(request, reader, batch)
        return redirect("outreach_admin:bodies")
    form = BodiesForm(request.POST or None, request.FILES or None, reader=reader)
    outcome, is_trial = None, "import" not in request.POST
    if request.method == "POST" and form.is_valid():
        outcome = _read(form, reader, is_trial=is_trial)
    return render_admin_page(
        request,
        "admin/outreach/bodies.html",
        title=_("Importer une liste d’institutions"),
        crumbs=[(_("Démarchage"), reverse("outreach_admin:board"))],
        form=form,
        outcome=outcome,
        is_trial=is_trial,
        last_batch=None if outcome and not is_trial else _last_batch(reader),
    )


def _read(form: BodiesForm, by: User, *, is_trial: bool) -> ImportOutcome | None:
    said = form.cleaned_data
    with tempfile.NamedTemporaryFile(suffix=".import") as kept:
        for chunk in said["file"].chunks():
            kept.write(chunk)
        kept.flush()
        try:
            return import_bodies(
                path=Path(kept.name), pole=said["pole"], owner=said["owner"], by=by, is_trial=is_trial
            )
        except TableError as error:
            form.add_error("file", str(error))
            return None


def _last_batch(reader: User) -> UUID | None:
    rows = Approach.objects.visible_to(reader).filter(batch__isnull=False, created_by=reader)
    return rows.order_by("-pk").values_list("batch", flat=True).first()


def _undo(request: HttpRequest, by: User, batch: UUID) -> None:
    undone, stay = undo_body_import(batch=batch, by=by)
    said = ngettext("%(n)s ligne retirée.", "%(n)s lignes retirées.", undone) % {"n": undone}
    messages.success(request, said)
    if stay:
        said = ngettext(
            "%(n)s organisation reste, parce que votre équipe y a travaillé depuis : %(names)s.",
            "%(n)s organisations restent, parce que votre équipe y a travaillé depuis : %(names)s.",
            len(stay),
        )
        messages.warning(request, said % {"n": len(stay), "names": get_text_list(stay[:NAMED], _("et"))})


def _batch(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
