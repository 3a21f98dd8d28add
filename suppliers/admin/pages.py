"""The pages of curation beside Django's own: the queue, the decision, the invitation; and what the first page counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import request_admin
from marketplace.accounts.request_admin import reader
from marketplace.territories.models import Pole
from marketplace.web.errors import Refused
from marketplace.web.pagination import paginate
from suppliers import invitations, states
from suppliers.admin import criteria
from suppliers.admin.decisions import as_line
from suppliers.admin.forms import DecisionForm
from suppliers.curation import missing_for_publication
from suppliers.models import Decision, Status, Supplier

if TYPE_CHECKING:
    from suppliers.admin.supplier import SupplierAdmin

PAGE = 50
NEIGHBOURS = 12


def queue(model_admin: SupplierAdmin, request: HttpRequest) -> HttpResponse:
    """What was submitted in the reader's territory and nobody has decided, oldest first."""
    if not model_admin.has_view_permission(request):
        return HttpResponseRedirect(reverse("admin:index"))
    waiting = _waiting(request)
    page = paginate(request, waiting, PAGE)
    if page.message:
        messages.warning(request, page.message)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("File d’attente"),
        "opts": model_admin.opts,
        "page_obj": page,
        "rows": [(supplier, since(supplier), criteria.kind_of_wait(supplier)) for supplier in page],
    }
    return TemplateResponse(request, "admin/suppliers/supplier/queue.html", context)


def decide(model_admin: SupplierAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """POST of the aside « Décision »: one button, one move."""
    supplier = model_admin.posted(request, object_id)
    if isinstance(supplier, HttpResponse):
        return supplier
    form = DecisionForm(request.POST, auto_id="decision_%s")
    try:
        decision = form.decide(supplier=supplier, move=request.POST.get("move", ""), by=reader(request))
    except Refused as why:
        return model_admin.again(request, object_id, decision_form=form, refusal=str(why))
    line = as_line(decision)
    messages.success(request, _("%(what)s : %(name)s.") % {"what": line.what, "name": supplier})
    return HttpResponseRedirect(reverse("admin:suppliers_supplier_change", args=[supplier.pk]))


def invite(model_admin: SupplierAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """POST of « Inviter »: the address gets a link, valid for 14 days."""
    supplier = model_admin.posted(request, object_id)
    if isinstance(supplier, HttpResponse):
        return supplier
    email = request.POST.get("email", "").strip()
    try:
        invitation = invitations.invite_member(supplier=supplier, email=email, by=reader(request))
    except Refused as why:
        return model_admin.again(request, object_id, invited_email=email, invitation_refusal=str(why))
    messages.success(request, _("Invitation envoyée à %(email)s.") % {"email": invitation.email})
    return HttpResponseRedirect(reverse("admin:suppliers_supplier_change", args=[supplier.pk]))


def sheet_context(
    model_admin: SupplierAdmin, request: HttpRequest, supplier: Supplier, context: dict[str, Any]
) -> dict[str, Any]:
    """What the page of a sheet shows beside its form."""
    from suppliers.admin.supplier import state_badge

    seat = supplier.organisation
    in_queue = supplier.status == Status.SUBMITTED or supplier.recheck_since
    waiting = list(_waiting(request)[:NEIGHBOURS]) if in_queue else []
    decisions = Decision.objects.filter(supplier=supplier).select_related("by")[:20]
    return {
        "badge": state_badge(supplier),
        "supplier": supplier,
        "seat": seat,
        "moves": states.moves_from(supplier.status),
        "lacks": missing_for_publication(supplier),
        "decision_form": context.get("decision_form") or DecisionForm(auto_id="decision_%s"),
        "refusal": context.get("refusal", ""),
        "invited_email": context.get("invited_email", ""),
        "invitation_refusal": context.get("invitation_refusal", ""),
        "members": seat.memberships.select_related("user").order_by("created_at"),
        "open_invitations": seat.invitations.open().order_by("created_at"),
        "registry": getattr(supplier, "registry", None),
        "lines": [as_line(decision) for decision in decisions],
        "preview": reverse("suppliers:supplier", kwargs={"slug": supplier.slug}),
        "neighbours": [(other, since(other)) for other in waiting],
        "second_save": True,
        **criteria.context_of(supplier, context),
    }


def since(supplier: Supplier) -> str:
    return request_admin.since(supplier.waiting_since)


def own_pole(request: HttpRequest) -> Pole | None:
    """The pôle that answers for a sheet without a place: the reader's first."""
    codes = sorted(reader(request).pole_codes)
    return Pole.objects.get(pk=codes[0]) if codes else None


def _waiting(request: HttpRequest) -> Any:
    rows = Supplier.objects.curated_by(request.user).waiting()
    return rows.select_related("organisation__mrc", "registration").order_by_wait()
