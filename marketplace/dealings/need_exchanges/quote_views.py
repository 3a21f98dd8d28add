"""An enterprise's quote: written, submitted, replaced, withdrawn; or the invitation declined."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from buyers.models import Need
from buyers.permissions import can_manage_need
from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings.models import NeedDecision, NeedInvitation, Quote
from marketplace.dealings.need_exchanges.fit_views import need_crumbs, visible_need
from marketplace.dealings.need_exchanges.forms import DeclineInvitationForm, QuoteForm
from marketplace.dealings.need_exchanges.inviting import decline_invitation, take_up_invitation
from marketplace.dealings.need_exchanges.permissions import suppliers_acting_for
from marketplace.dealings.need_exchanges.quoting import (
    TooLate,
    save_quote_draft,
    submit_quote,
    withdraw_quote,
)
from marketplace.dealings.need_exchanges.sealing import (
    QuoteTerms,
    database_now,
    open_quotes,
    read_own_draft,
    read_own_quote,
    sealed_file_response,
)
from marketplace.web.arrival import time_waited
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.stale_edits import ask_to_choose
from marketplace.web.typography import format_second
from marketplace.web.versioned_forms import FormVersion, holding_row, versioned_form
from suppliers.models import Supplier


@never_cache
@login_required
@limited("need_quote", per_user="60/h")
@require_http_methods(["GET", "HEAD", "POST"])
def need_quote_view(request: HttpRequest, slug: str) -> HttpResponse:
    """For members of an enterprise; « pour » chooses among several."""
    # The whole request is here, and was while it waited for a thread.
    arrived = database_now() - time_waited(request) if request.method == "POST" else None
    user, need = signed_in_user(request), visible_need(request, slug)
    mine = [] if can_manage_need(user, need) else suppliers_acting_for(user)
    supplier = _asked(request, mine)
    if supplier is None:
        return render(request, "dealings/need_exchanges/need_quote_nobody.html", {"need": need}, status=403)
    if request.method != "POST":
        return _page(request, user, need, supplier, mine)
    known = _quote(need, supplier)
    with holding_row(request, Quote, known.pk) if known else nullcontext():
        return _act(request, user, need, supplier, mine, arrived or database_now())


def _asked(request: HttpRequest, mine: list[Supplier]) -> Supplier | None:
    """Whose quote this is. A page may show one of several; what is posted is for the one that it names, and for no other
    where that one has left the directory since."""
    asked = request.POST.get("supplier") or request.GET.get("pour", "")
    named = next((one for one in mine if str(one.pk) == asked), None)
    if request.method == "POST" and (asked or len(mine) > 1):
        return named
    return named or next(iter(mine), None)


def _act(
    request: HttpRequest,
    user: User,
    need: Need,
    supplier: Supplier,
    mine: list[Supplier],
    arrived: datetime,
) -> HttpResponse:
    quote = _quote(need, supplier)
    invitation = _invitation(need, supplier)
    here = request.get_full_path()
    if "withdraw" in request.POST and quote is not None:
        try:
            withdraw_quote(quote=quote, by=user)
        except Refused as why:
            messages.error(request, str(why))
        else:
            messages.success(request, _("Votre proposition est retirée. Elle est redevenue un brouillon."))
        return redirect(here)
    if "take_up" in request.POST and invitation is not None:
        take_up_invitation(invitation=invitation, by=user)
        return redirect(here)
    if "decline" in request.POST and invitation is not None:
        return _decline(request, user, need, supplier, mine, invitation)
    return _save(request, user, need, supplier, mine, quote, arrived)


def _save(
    request: HttpRequest,
    user: User,
    need: Need,
    supplier: Supplier,
    mine: list[Supplier],
    quote: Quote | None,
    arrived: datetime,
) -> HttpResponse:
    """Keep what is written first; then submit it, where that was asked and it is in time."""
    submits = "submit" in request.POST

    def build(data: QueryDict | None) -> QuoteForm:
        files = request.FILES if data is not None else None
        return QuoteForm(data, files, terms=_standing(quote, user), is_submitting=submits)

    if quote is None:
        form = build(request.POST)
    else:  # a colleague may be writing too
        page = versioned_form(request, build, about=quote)
        if page.is_stale:
            return ask_to_choose(request, page.merged, rows=[quote])
        form = page.form
    if not form.is_valid():
        return _page(request, user, need, supplier, mine, form=form)
    try:
        quote = save_quote_draft(
            need=need,
            supplier=supplier,
            terms=form.terms,
            upload=form.cleaned_data["file"],
            drop_file=form.cleaned_data.get("drop_file", False),
            by=user,
        )
        if not submits:
            messages.success(
                request, _("Votre brouillon est enregistré. Seule votre entreprise peut le lire.")
            )
            return redirect(request.get_full_path())
        quote = submit_quote(quote=quote, arrived_at=arrived, by=user)
    except TooLate as why:
        messages.error(request, str(why))
        return redirect(request.get_full_path())
    except Refused as why:
        form.add_error(None, str(why))
        return _page(request, user, need, supplier, mine, form=form)
    messages.success(
        request,
        _("Votre proposition est déposée : reçue le %(when)s.") % {"when": format_second(quote.submitted_at)},
    )
    return redirect(request.get_full_path())


def _decline(
    request: HttpRequest,
    user: User,
    need: Need,
    supplier: Supplier,
    mine: list[Supplier],
    invitation: NeedInvitation,
) -> HttpResponse:
    form = DeclineInvitationForm(request.POST)
    if form.is_valid():
        try:
            decline_invitation(
                invitation=invitation,
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
                by=user,
            )
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("L’institution sait que vous ne répondrez pas, et pourquoi."))
            return redirect(request.get_full_path())
    return _page(request, user, need, supplier, mine, decline=form)


def _page(
    request: HttpRequest,
    user: User,
    need: Need,
    supplier: Supplier,
    mine: list[Supplier],
    *,
    form: QuoteForm | None = None,
    decline: DeclineInvitationForm | None = None,
) -> HttpResponse:
    quote, invitation = _quote(need, supplier), _invitation(need, supplier)
    submitted = quote if quote is not None and quote.is_submitted else None
    own = read_own_quote(quote=submitted, by=user) if submitted else None
    context = {
        "need": need,
        "supplier": supplier,
        "mine": mine,
        "quote": quote,
        "own": own,
        "has_draft": quote is not None and bool(quote.draft),
        "standing": _standing(quote, user),
        "invitation": invitation,
        "form": form or (_blank(request, quote, user) if may_answer(need, invitation) else None),
        "decline": decline or DeclineInvitationForm(),
        "decision": NeedDecision.objects.standing().filter(need=need).first()
        if submitted or invitation
        else None,
        "needs_invitation": need.is_running and not may_answer(need, invitation),
        "crumbs": need_crumbs(need, _("Notre proposition")),
    }
    return render(request, "dealings/need_exchanges/need_quote.html", context)


@never_cache
@login_required
@require_safe
def need_quote_file_view(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The file of a quote: for its enterprise always (« brouillon » for that of the draft), for the buyer once it is open."""
    user, need = signed_in_user(request), visible_need(request, slug)
    quote = get_object_or_404(
        Quote.objects.filter(need=need).select_related("supplier__organisation", "file", "draft_file"), pk=pk
    )
    terms: QuoteTerms | None = None
    file = quote.file
    if quote.supplier.organisation_id in user.organisation_ids:
        if "brouillon" in request.GET:
            terms, file = read_own_draft(quote=quote, by=user), quote.draft_file
        else:
            terms = read_own_quote(quote=quote, by=user)
    elif can_manage_need(user, need):
        opened = {one.quote.pk: one for one in open_quotes(need=need, by=user)}
        if pk in opened:
            terms = opened[pk].terms
    if terms is None or file is None or not terms.file_name:
        raise Http404
    return sealed_file_response(quote=quote, file=file, terms=terms)


def may_answer(need: Need, invitation: NeedInvitation | None) -> bool:
    """By invitation, only those invited."""
    return need.is_running and (invitation is not None or not need.is_by_invitation)


def _quote(need: Need, supplier: Supplier) -> Quote | None:
    rows = Quote.objects.filter(need=need, supplier=supplier)
    return rows.select_related("supplier__organisation", "need").first()


def _invitation(need: Need, supplier: Supplier) -> NeedInvitation | None:
    rows = NeedInvitation.objects.filter(need=need, supplier=supplier, told_at__isnull=False)
    return rows.select_related("supplier__organisation").first()


def _standing(quote: Quote | None, user: User) -> QuoteTerms | None:
    """What the form begins with: the draft, else what was submitted."""
    if quote is None:
        return None
    return read_own_draft(quote=quote, by=user) or read_own_quote(quote=quote, by=user)


def _blank(request: HttpRequest, quote: Quote | None, user: User) -> QuoteForm:
    """The form as it stands, with its version where a colleague may be writing too."""
    form = QuoteForm(terms=_standing(quote, user))
    if quote is not None:
        FormVersion(form, about=f"{quote._meta.label_lower}:{quote.pk}:").add_to(form)
    return form
