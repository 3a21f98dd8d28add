"""A campaign's pages: under /gestion/ what came of it, its audience, its letters; for everyone, where it leads."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.permissions import signed_in_user
from marketplace.outreach.campaigns.forms import AudienceForm
from marketplace.outreach.campaigns.refusing import find_refusal, withdraw_outreach_consent
from marketplace.outreach.campaigns.results import PARTS, STEPS, count_results, rows_behind
from marketplace.outreach.campaigns.running import (
    add_audience,
    leave_campaign,
    letter_digest,
    may_write_to,
    send_campaign_letters,
)
from marketplace.outreach.models import Approach, Campaign
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.pagination import paginate_list

PAGE = 30


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    return get_object_or_404(Campaign.objects.visible_to(request.user).select_related("pole"), pk=pk)


def _crumbs(campaign: Campaign | None = None) -> list[tuple[str, str]]:
    crumbs = [
        (_("Démarchage"), reverse("outreach_admin:board")),
        (_("Campagnes"), reverse("admin:outreach_campaign_changelist")),
    ]
    if campaign:
        crumbs.append((campaign.name, reverse("outreach_admin:campaign", args=[campaign.pk])))
    return crumbs


@staff_member_required
@require_safe
def campaign_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures, each with its rows; the audience, and how far each has come."""
    campaign = _campaign(request, pk)
    figures = count_results(campaign)
    rows = Approach.objects.placed().filter(campaigns__campaign=campaign)
    rows = rows.annotate(member=F("campaigns__pk"), letter_at=F("campaigns__letter_at"))
    page = paginate_list(
        request, rows.select_related("organisation__mrc").order_by("organisation__name", "pk"), PAGE
    )
    letters = campaign.members.aggregate(
        total=Count("pk"),
        may=Count("pk", filter=may_write_to()),
        waiting=Count("pk", filter=may_write_to() & Q(letter_at=None)),
    )
    return render_admin_page(
        request,
        "admin/outreach/campaign.html",
        title=campaign.name,
        crumbs=_crumbs(),
        campaign=campaign,
        figures=[(step, label, figures[step]) for step, label in STEPS.items()],
        page_obj=page,
        rows=list(page),
        letters=letters,
        seen=letter_digest(campaign),
    )


@staff_member_required
@require_safe
def figure_page(request: HttpRequest, pk: int, figure: str) -> HttpResponse:
    """The rows that a figure counts."""
    campaign = _campaign(request, pk)
    if figure not in PARTS:
        raise Http404
    return render_admin_page(
        request,
        "admin/outreach/figure.html",
        title=str(STEPS[figure]),
        crumbs=_crumbs(campaign),
        campaign=campaign,
        rows=rows_behind(campaign, figure),
    )


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def audience_page(request: HttpRequest, pk: int) -> HttpResponse:
    """`try` counts whom the filter finds, `add` takes them in, `leave` lets one go."""
    campaign, by = _campaign(request, pk), signed_in_user(request)
    here = reverse("outreach_admin:campaign", args=[pk])
    if request.method == "POST" and (key := request.POST.get("leave", "")):
        member = campaign.members.filter(pk=int(key) if key.isdecimal() and len(key) < 19 else 0).first()
        try:
            if member:
                leave_campaign(member=member, by=by)
        except Refused as why:
            messages.warning(request, str(why))
        return redirect(here)
    form = AudienceForm(request.POST if request.method == "POST" else None, reader=by, side=campaign.side)
    found, names = None, []
    if request.method == "POST" and form.is_valid():
        if "add" in request.POST:
            try:
                added, left_out = add_audience(campaign=campaign, audience=form.audience, by=by)
            except Refused as why:
                form.add_error(None, str(why))
            else:
                said = ngettext("%(n)s organisation ajoutée.", "%(n)s organisations ajoutées.", added)
                messages.success(request, said % {"n": added})
                if left_out:
                    said = ngettext(
                        "%(n)s organisation laissée de côté.",
                        "%(n)s organisations laissées de côté.",
                        left_out,
                    )
                    messages.warning(request, said % {"n": left_out})
                return redirect(here)
        else:
            rows = form.audience.organisations(by, campaign.pole).exclude(
                approaches__campaigns__campaign=campaign
            )
            found, names = rows.count(), list(rows.order_by("name").values_list("name", flat=True)[:20])
    return render_admin_page(
        request,
        "admin/outreach/audience.html",
        title=_("Choisir l’audience"),
        crumbs=_crumbs(campaign),
        campaign=campaign,
        form=form,
        found=found,
        names=names,
    )


@staff_member_required
@require_POST
def letters_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to those who agreed and have not been written to."""
    campaign = _campaign(request, pk)
    try:
        seen = request.POST.get("seen", "")
        written = send_campaign_letters(campaign=campaign, by=signed_in_user(request), seen=seen)
    except Refused as why:
        messages.warning(request, str(why))
    else:
        said = ngettext("%(n)s courriel part.", "%(n)s courriels partent.", written)
        messages.success(
            request, said % {"n": written} if written else _("Il n’y a personne d’autre à qui écrire.")
        )
    return redirect("outreach_admin:campaign", pk)


@require_safe
def landing_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What is asked, by whom, and where to begin. Closed: it does not exist, but for the pôle that prepares it."""
    rows = Campaign.objects.select_related("pole").filter(slug=slug)
    campaign = rows.filter(
        Q(pk__in=Campaign.objects.open()) | Q(pk__in=Campaign.objects.visible_to(request.user))
    ).first()
    if campaign is None:
        raise Http404
    is_english = (get_language() or "fr").startswith("en") and bool(campaign.text_en)
    return render(
        request,
        "outreach/campaign.html",
        {
            "campaign": campaign,
            "title": campaign.title_en if is_english else campaign.title or campaign.name,
            "text": campaign.text_en if is_english else campaign.text,
            "is_translated": is_english,
            "is_preview": not Campaign.objects.open().filter(pk=campaign.pk).exists(),
            "is_buying": campaign.side == Approach.Side.BUYING,
        },
    )


@csrf_exempt  # a mail program posts here by itself (RFC 8058); the signed link is what it proves
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refuse_page(request: HttpRequest, token: str) -> HttpResponse:
    """« Retirer mon accord »: GET shows a button, POST acts."""
    row = find_refusal(token)
    if row is None:
        return render(request, "outreach/refuse.html", {"row": None}, status=404)
    is_done = request.method == "POST" or row.consent_on is None
    if request.method == "POST":
        withdraw_outreach_consent(approach=row, by=None)
    return render(request, "outreach/refuse.html", {"row": row, "is_done": is_done})
