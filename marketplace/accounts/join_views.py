"""The page of a request to join: what became of it, for the person; the decision, for an owner of the institution."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts import joining
from marketplace.accounts.models import JoinRequest, User
from marketplace.accounts.permissions import signed_in_user
from marketplace.web.errors import Refused
from marketplace.web.private_files import PrivateFile, private_file_response
from marketplace.web.site import site_page_url
from marketplace.web.typography import format_day
from marketplace.web.workdays import promised_wait


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join_request(request: HttpRequest, pk: int, side: str) -> HttpResponse:
    """POST: `decision` withdraw (the person), accept or refuse (an owner of a verified institution)."""
    reader = signed_in_user(request)
    found = get_object_or_404(
        JoinRequest.objects.visible_to(reader).select_related("organisation", "user", "evidence"),
        pk=pk,
        side=side,
    )
    is_own = found.user_id == reader.pk
    is_verified = found.organisation.institution_verified_on is not None
    may_answer = not found.is_selling and joining.may_decide(reader, found)
    refusal = ""
    if request.method == "POST":
        try:
            messages.success(request, _decided(request, found, reader))
            return redirect(found) if is_own else redirect(site_page_url("my_space"))
        except Refused as why:
            refusal = str(why)
            found.refresh_from_db()
    context = {
        "join_request": found,
        "organisation": found.organisation,
        "is_own": is_own,
        "promised_wait": promised_wait(),
        "may_decide": may_answer and found.is_open,
        "refusal": refusal,
        "answer": request.POST.get("answer", ""),
        "State": JoinRequest.State,
        "knots": _knots(found, is_verified=is_verified),
    }
    return render(request, "accounts/join_request.html", context)


@never_cache
@login_required
@require_safe
def join_request_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file that came along, for who gave it and for the staff who decide."""
    visible = JoinRequest.objects.visible_to(request.user).select_related("evidence")
    found = get_object_or_404(visible, pk=pk, evidence__isnull=False)
    return private_file_response(cast("PrivateFile", found.evidence))


def _decided(request: HttpRequest, found: JoinRequest, reader: User) -> str:
    action = request.POST.get("decision", "")
    if action == "withdraw":
        joining.withdraw_join_request(join_request=found, by=reader)
        return _("Votre demande est retirée.")
    if found.is_selling:  # decided in the admin only, where staff read what is known
        raise Refused(_("Cette demande n’attend pas de décision de votre part."))
    if action == "accept":
        joining.accept_join_request(join_request=found, by=reader)
        return _("%(who)s agit maintenant avec vous.") % {"who": found.user}
    if action == "refuse":
        answer = request.POST.get("answer", "")[:2000]
        joining.refuse_join_request(join_request=found, by=reader, answer=answer)
        return _("Demande refusée, réponse envoyée à %(who)s.") % {"who": found.user}
    raise Refused


def _knots(found: JoinRequest, *, is_verified: bool) -> list[dict[str, str]]:
    State = JoinRequest.State
    knots = [{"title": _("Demande déposée"), "when": format_day(found.created_at), "state": "done"}]
    if found.is_open:
        colleagues = is_verified and not found.is_selling
        who = _("Votre institution répond") if colleagues else _("Le pôle de la région vérifie")
        return [*knots, {"title": who, "state": "now"}, {"title": _("La réponse vient par courriel")}]
    done = {
        State.ACCEPTED: _("Demande acceptée"),
        State.REFUSED: _("Demande refusée"),
        State.WITHDRAWN: _("Demande retirée"),
    }[State(found.state)]
    state = "done" if found.state == State.ACCEPTED else "warn"
    return [*knots, {"title": done, "when": format_day(found.decided_at), "state": state}]
