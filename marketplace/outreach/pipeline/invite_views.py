"""An institution is invited, under /gestion/; the person arrives by the link. GET only shows, POST acts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from buyers.models import Buyer
from buyers.profiles import place
from marketplace.accounts.forms import SignUpForm
from marketplace.accounts.invitations import InvitationUnusable, account_of_invitation
from marketplace.accounts.models import Invitation, Membership
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.views import BACKEND
from marketplace.outreach.models import Approach
from marketplace.outreach.pipeline.forms import InviteForm
from marketplace.outreach.pipeline.inviting import arrive, find_institution_invitation, invite_institution
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.site import site_page_url


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom to invite, and what they will find ready."""
    by = signed_in_user(request)
    rows = Approach.objects.visible_to(by).select_related("organisation__mrc", "pole")
    row = get_object_or_404(rows, pk=pk)
    page = reverse("admin:outreach_approach_change", args=[pk])
    initial = {"name": row.contact_name, "title": row.contact_title, "email": row.contact_email}
    form = InviteForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            invited = invite_institution(approach=row, by=by, **form.cleaned_data)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("L’invitation part à %(who)s.") % {"who": invited.name})
            return redirect(page)
    return render_admin_page(
        request,
        "admin/outreach/invite.html",
        title=_("Inviter l’institution"),
        crumbs=[(_("Démarchage"), reverse("outreach_admin:board")), (row.organisation.name, page)],
        row=row,
        organisation=row.organisation,
        is_buying=row.side == Approach.Side.BUYING,
        known=Buyer.objects.filter(organisation=row.organisation_id).first(),
        form=form,
    )


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def arrival_page(request: HttpRequest, token: str) -> HttpResponse:
    """The ready profile, and the button that makes it the person's."""
    try:
        invitation, _invited = find_institution_invitation(token)
    except InvitationUnusable as why:
        return render(request, "accounts/invitation_unusable.html", {"why": str(why)}, status=404)
    account = account_of_invitation(invitation)
    someone_else = request.user.is_authenticated and request.user != account
    if account is None:
        form = SignUpForm(
            request.POST or None, email=invitation.email, organisation_name=invitation.organisation.name
        )
        if request.method == "POST" and not someone_else and form.is_valid():
            return _arrived(request, token, sign_up=form.cleaned_data)
        return _ready_page(request, invitation, step="sign_up", someone_else=someone_else, form=form)
    if request.method == "POST" and request.user == account:
        return _arrived(request, token)
    step = "accept" if request.user == account else "sign_in"
    return _ready_page(request, invitation, step=step, someone_else=someone_else)


def _arrived(request: HttpRequest, token: str, sign_up: dict[str, str] | None = None) -> HttpResponse:
    by = None if sign_up is not None else signed_in_user(request)
    try:
        membership: Membership = arrive(token=token, by=by, sign_up=sign_up)
    except Refused as why:
        messages.error(request, str(why))
        return redirect("outreach:institution_invitation", token=token)
    if sign_up is not None:
        login(request, membership.user, backend=BACKEND)
    messages.success(
        request, _("Vous agissez maintenant pour %(name)s.") % {"name": membership.organisation.name}
    )
    buyer = Buyer.objects.filter(organisation=membership.organisation_id).first()
    return redirect(reverse("buyers:buyer", args=[buyer.slug]) if buyer else site_page_url("my_space"))


def _ready_page(request: HttpRequest, invitation: Invitation, **more: Any) -> HttpResponse:
    buyer = (
        Buyer.objects.select_related("organisation").filter(organisation=invitation.organisation_id).first()
    )
    context = {
        "invitation": invitation,
        "buyer": buyer,
        "place": place(buyer) if buyer else "",
        **more,
    }
    return render(request, "outreach/invitation.html", context)
