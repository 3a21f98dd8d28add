"""The page that an invitation opens. GET only shows; POST acts."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from marketplace.accounts.forms import SignUpForm
from marketplace.accounts.invitations import (
    InvitationUnusable,
    accept_invitation,
    account_of_invitation,
    find_invitation,
    sign_up_and_accept,
)
from marketplace.accounts.models import Invitation, Membership, User
from marketplace.web.errors import Refused
from marketplace.web.site import site_page_url

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Join the organisation that invites: by a new account, or by the one that the address already has."""
    try:
        invited = find_invitation(token)
    except InvitationUnusable as why:
        return render(request, "accounts/invitation_unusable.html", {"why": str(why)}, status=404)
    account = account_of_invitation(invited)
    if account is None:
        return _sign_up(request, token, invited)
    return _accept(request, token, invited, account)


def _sign_up(request: HttpRequest, token: str, invited: Invitation) -> HttpResponse:
    someone_else = request.user.is_authenticated
    form = SignUpForm(request.POST or None, email=invited.email, organisation_name=invited.organisation.name)
    if request.method == "POST" and not someone_else and form.is_valid():
        try:
            membership = sign_up_and_accept(token=token, by=None, **form.cleaned_data)
        except Refused as why:
            messages.error(request, str(why))
            return redirect("accounts:invitation", token=token)
        login(request, membership.user, backend=BACKEND)
        return _welcome(request, membership)
    return render(
        request,
        "accounts/invitation.html",
        {"invitation": invited, "form": form, "someone_else": someone_else, "step": "sign_up"},
    )


def _accept(request: HttpRequest, token: str, invited: Invitation, account: User) -> HttpResponse:
    if request.method == "POST" and request.user == account:
        try:
            membership = accept_invitation(token=token, by=account)
        except Refused as why:
            messages.error(request, str(why))
            return redirect("accounts:invitation", token=token)
        return _welcome(request, membership)
    someone_else = request.user.is_authenticated and request.user != account
    step = "accept" if request.user == account else "sign_in"
    return render(
        request,
        "accounts/invitation.html",
        {"invitation": invited, "someone_else": someone_else, "step": step},
    )


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    messages.success(
        request, _("Vous agissez maintenant pour %(name)s.") % {"name": membership.organisation.name}
    )
    return redirect(site_page_url("my_space"))
