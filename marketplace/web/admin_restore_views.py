"""« Rétablir cet état »: what would change, field by field, then the restore. One address for every history."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.web.admin_pages import render_admin_page
from marketplace.web.admin_restore import Restore, find_restore
from marketplace.web.errors import Refused


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def restore_page(request: HttpRequest, label: str, object_id: str, model: str, event: int) -> HttpResponse:
    """`label` and `object_id` name the object whose history it is, `model` and `event` one of its rows."""
    restore = _restore(request, label, object_id, model, event)
    opts = restore.obj._meta
    history = reverse(f"admin:{opts.app_label}_{opts.model_name}_history", args=[restore.obj.pk])
    refusals: list[str] = []
    if request.method == "POST":
        if request.POST.get("seen") != str(restore.newest):
            refusals = [_("Quelqu’un a écrit ici entretemps. Relisez les différences, puis rétablissez.")]
        else:
            try:
                if restore.apply():
                    messages.success(request, f"{restore.sentence}.")
                    return HttpResponseRedirect(history)
                refusals = restore.refusals
            except Refused as why:
                refusals = [str(why)]
            restore = _restore(request, label, object_id, model, event)  # what was tried is not what stands
    return render_admin_page(
        request,
        "admin/restore.html",
        title=restore.title,
        crumbs=[
            (
                capfirst(str(opts.verbose_name_plural)),
                reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"),
            ),
            (_("Historique"), history),
        ],
        restore=restore,
        object=restore.obj,
        history=history,
        refusals=refusals,
    )


def _restore(request: HttpRequest, label: str, object_id: str, model: str, event: int) -> Restore:
    """What is not the reader's to edit does not exist."""
    try:
        known = apps.get_model(label)
    except (LookupError, ValueError) as error:
        raise Http404 from error
    if not admin.site.is_registered(known):
        raise Http404
    model_admin = admin.site.get_model_admin(known)
    if not hasattr(model_admin, "history_sources") or not model_admin.has_view_permission(request):
        raise Http404
    obj = model_admin.get_object(request, object_id)
    found = find_restore(model_admin, request, obj, model=model, event=event) if obj is not None else None
    if found is None:
        raise Http404
    return found
