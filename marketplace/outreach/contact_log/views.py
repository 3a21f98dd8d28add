"""Under /gestion/: the contact log of one organisation, and what is to be done next, mine and my pôle's."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.personal_data import record_personal_data_read
from marketplace.outreach.contact_log.forms import ContactForm
from marketplace.outreach.contact_log.panels import pole_of_log, profile_links
from marketplace.outreach.contact_log.recording import (
    close_next_action,
    log_contact,
    postpone_next_action,
    put_back_contact,
    reopen_next_action,
    withdraw_contact,
)
from marketplace.outreach.models import Approach, ContactEntry
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.pagination import paginate_list

PAGE = 30
PUT_OFF = {"1": timedelta(days=1), "7": timedelta(days=7), "30": timedelta(days=30)}


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def organisation_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that the reader's pôle noted about an organisation; POST notes one more."""
    reader = signed_in_user(request)
    organisation = get_object_or_404(Organisation.objects.curated_by(reader).select_related("mrc"), pk=pk)
    pole = pole_of_log(organisation, reader)
    form = ContactForm(request.POST if request.method == "POST" else None, pole=pole, reader=reader)
    if request.method == "POST" and form.is_valid():
        try:
            entry = log_contact(organisation=organisation, pole=pole, by=reader, **form.values)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _noted(entry))
            return redirect(_way_back(request, organisation))
    record_personal_data_read(reader=reader, organisation=organisation, what="outreach.contact_log")
    rows = ContactEntry.objects.visible_to(reader).filter(organisation=organisation)
    page = paginate_list(
        request, rows.select_related("by", "next_by", "next_done_by", "withdrawn_by", "pole"), PAGE
    )
    return render_admin_page(
        request,
        "admin/outreach/organisation_log.html",
        title=organisation.name,
        crumbs=[(_("Prochaines actions"), reverse("outreach_admin:next_actions"))],
        organisation=organisation,
        profiles=profile_links(organisation),
        approach=Approach.objects.visible_to(reader).filter(organisation=organisation, pole=pole).first(),
        form=form,
        page_obj=page,
        entries=list(page),
        shows_pole=reader.is_superuser,
        today=timezone.localdate(),
    )


def _noted(entry: ContactEntry) -> str:
    undo = reverse("admin:outreach_contactentry_change", args=[entry.pk])
    return format_html(
        '{} <a href="{}">{}</a>',
        _("C’est noté : %(what)s.") % {"what": entry},
        undo,
        _("Corriger ou retirer"),
    )


def _way_back(request: HttpRequest, organisation: Organisation) -> str:
    """To the page where the form stood: a supplier's, a buyer's, or the log's own."""
    wanted = request.POST.get("back", "")
    known = {kind: address for kind, _label, address in profile_links(organisation)}
    return known.get(wanted, reverse("outreach_admin:organisation_log", args=[organisation.pk]))


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def next_actions_page(request: HttpRequest) -> HttpResponse:
    """What is to be done next, the earliest first: mine (and nobody's), or all of my pôle's. POST closes one or puts it off."""
    reader = signed_in_user(request)
    if request.method == "POST":
        return _act(request, reader)
    rows = ContactEntry.objects.visible_to(reader).with_open_action()
    mine = Q(next_by=reader) | Q(next_by=None) if not reader.is_superuser else Q(next_by=reader)
    today = timezone.localdate()
    counts = rows.order_by().aggregate(
        mine=Count("pk", filter=mine), all=Count("pk"), late=Count("pk", filter=mine & Q(next_on__lt=today))
    )
    whole_team = request.GET.get("qui") == "equipe"
    shown = rows if whole_team else rows.filter(mine)
    page = paginate_list(
        request,
        shown.select_related("organisation", "next_by", "pole").order_by("next_on", "pk"),
        PAGE,
    )
    if page.message:
        messages.warning(request, page.message)
    return render_admin_page(
        request,
        "admin/outreach/next_actions.html",
        title=_("Prochaines actions"),
        tabs=[
            (_("Les miennes"), "", counts["mine"], not whole_team),
            (_("Toute l’équipe"), "?qui=equipe", counts["all"], whole_team),
        ],
        here="?qui=equipe" if whole_team else "",
        rows=[(entry, _lateness(entry, today)) for entry in page],
        page_obj=page,
        shows_pole=reader.is_superuser,
        just_done=_just_done(request, reader),
    )


def _just_done(request: HttpRequest, reader: User) -> ContactEntry | None:
    """What `?fait=` names, to be taken back."""
    key = request.GET.get("fait", "")
    if not key.isdecimal() or len(key) > 18:
        return None
    rows = ContactEntry.objects.visible_to(reader).standing()
    return rows.filter(pk=int(key), next_done_by=reader, next_done_at__isnull=False).first()


def _lateness(entry: ContactEntry, today: date) -> tuple[str, str]:
    """The badge of a day: late, today, to come."""
    day = entry.next_on
    if day is None or day > today:
        return ("plain", _("à venir"))
    return ("wait", _("aujourd’hui")) if day == today else ("no", _("en retard"))


def _act(request: HttpRequest, by: User) -> HttpResponse:
    here = reverse("outreach_admin:next_actions")
    back = f"{here}?qui=equipe" if request.GET.get("qui") == "equipe" else here
    key = request.POST.get("entry", "")
    pk = int(key) if key.isdecimal() and len(key) < 19 else 0
    entry = ContactEntry.objects.visible_to(by).filter(pk=pk).first()
    if entry is None:
        messages.warning(request, _("Cette action n’existe pas. Rien n’a changé."))
        return redirect(back)
    move = request.POST.get("move", "")
    try:
        if move == "done":
            close_next_action(entry=entry, by=by)
        elif move == "reopen":
            reopen_next_action(entry=entry, by=by)
            messages.success(request, _("L’action attend de nouveau."))
            return redirect(back)
        elif (put_off := PUT_OFF.get(move)) and (seen := parse_date_or_none(request.POST.get("seen", ""))):
            until = max(seen, timezone.localdate()) + put_off
            postpone_next_action(entry=entry, seen=seen, until=until, by=by)
            messages.success(request, _("Remise à plus tard : %(what)s.") % {"what": entry.next_action})
            return redirect(back)
        else:
            messages.warning(request, _("Cette action n’existe pas. Rien n’a changé."))
            return redirect(back)
    except Refused as why:
        messages.warning(request, str(why))
        return redirect(back)
    log = reverse("outreach_admin:organisation_log", args=[entry.organisation_id])
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            _("Fait : %(what)s.") % {"what": entry.next_action},
            f"{log}#noter",
            _("Noter ce qui en est ressorti"),
        ),
    )
    return redirect(f"{back}{'&' if '?' in back else '?'}fait={entry.pk}")


def parse_date_or_none(text: str) -> date | None:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None


@staff_member_required
@require_POST
def contact_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an entry, or put it back; its page again."""
    by = signed_in_user(request)
    entry = get_object_or_404(ContactEntry.objects.visible_to(by), pk=pk)
    if request.POST.get("move") == "put_back":
        put_back_contact(entry=entry, by=by)
        messages.success(request, _("Le contact est remis dans le journal."))
    else:
        withdraw_contact(entry=entry, by=by)
        messages.success(request, _("Le contact est retiré : il reste au journal, barré."))
    return redirect("admin:outreach_contactentry_change", pk)
