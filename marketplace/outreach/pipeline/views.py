"""The pipeline under /gestion/: the board, its gestures, the map, the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import PersonalDataRead, User
from marketplace.accounts.people import note_reads
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.outreach.models import PLACE_LABELS, Approach, ApproachQuerySet
from marketplace.outreach.pipeline.following import (
    commitment_digest,
    move_approach,
    note_commitment,
    start_kept_prospects,
    take_back_commitment,
)
from marketplace.outreach.pipeline.forms import CommitmentForm, HandOverForm
from marketplace.outreach.pipeline.pipeline_map import pipeline_map
from marketplace.outreach.pipeline.queries import (
    ApproachQuery,
    count_places,
    found_approaches,
    to_call,
)
from marketplace.outreach.pipeline.respondents import hand_over_outreach
from marketplace.territories.labels import mrcs_by_code
from marketplace.web.admin_lists import csv_response, folded_column
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.stale_edits import ask_to_choose
from marketplace.web.versioned_forms import holding_row, versioned_form

CARDS = 12
Stage = Approach.Stage
#: The gestures of a card, by its stage: (stage, what the button says).
MOVES: dict[str, list[tuple[str, Any]]] = {
    Stage.TO_ASK: [(Stage.ASKED, gettext_lazy("Approchée"))],
    Stage.ASKED: [
        (Stage.TALKING, gettext_lazy("En discussion")),
        (Stage.DECLINED, gettext_lazy("Ne donne pas suite")),
    ],
    Stage.TALKING: [(Stage.DECLINED, gettext_lazy("Ne donne pas suite"))],
    Stage.DECLINED: [(Stage.ASKED, gettext_lazy("Reprendre"))],
}
SIDE_TABS = {
    "": gettext_lazy("Toutes"),
    "institutions": gettext_lazy("Institutions"),
    "entreprises": gettext_lazy("Entreprises"),
}


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def board_page(request: HttpRequest) -> HttpResponse:
    """A column for each place, the first cards of each; POST takes up what triage kept."""
    reader, query = signed_in_user(request), ApproachQuery.read(request.GET)
    if request.method == "POST":
        started = start_kept_prospects(by=reader)
        said = ngettext("%(n)s entreprise ajoutée.", "%(n)s entreprises ajoutées.", started)
        messages.success(
            request, said % {"n": started} if started else _("Le tri n’a gardé aucune autre fiche.")
        )
        return redirect(f"{reverse('outreach_admin:board')}{query.address()}")
    rows = found_approaches(reader, query)
    counts = count_places(rows)
    return render_admin_page(
        request,
        "admin/outreach/board.html",
        title=_("Démarchage"),
        query=query,
        columns=_columns(rows, counts, query),
        **frame_of(reader, query, counts),
        undo=_undo(request, reader),
    )


def frame_of(reader: User, query: ApproachQuery, counts: dict[str, int]) -> dict[str, Any]:
    """What the board and the map share: the filters, how many, where else to go."""
    mrcs = [(code, info.name) for code, info in mrcs_by_code().items()]
    if not reader.is_superuser:
        mrcs = [(code, name) for code, name in mrcs if code in reader.covered_mrcs]
    return {
        "total": sum(n for place, n in counts.items() if place != "silent"),
        "silent": counts["silent"],
        "mrcs": mrcs,
        "places": [(place, capfirst(str(label))) for place, label in PLACE_LABELS.items()],
        "sides": [(label, query.address(type=side), side == query.side) for side, label in SIDE_TABS.items()],
        "here": query.address(),
    }


def _columns(rows: ApproachQuerySet, counts: dict[str, int], query: ApproachQuery) -> list[dict[str, Any]]:
    """One statement for all the cards."""
    number = Window(
        RowNumber(),
        partition_by=F("place"),
        order_by=[
            F("next_on").asc(nulls_last=True),
            folded_column("organisation__name").asc(),
            F("pk").asc(),
        ],
    )
    first = rows.annotate(number=number).filter(number__lte=CARDS)
    cards: dict[str, list[Any]] = {place: [] for place in PLACE_LABELS}
    for row in first.select_related("organisation__mrc", "owner").order_by("number"):
        cards[row.place].append((row, MOVES.get(row.place, [])))
    table = reverse("admin:outreach_approach_changelist")
    return [
        {
            "place": place,
            "label": capfirst(str(label)),
            "count": counts[place],
            "cards": cards[place],
            "more": counts[place] - len(cards[place]),
            "url": f"{table}?etape={place}",
        }
        for place, label in PLACE_LABELS.items()
        if not query.place or place == query.place
    ]


@staff_member_required
@require_POST
def move_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One gesture of the board, and the board again with its way back."""
    by, query = signed_in_user(request), ApproachQuery.read(request.GET)
    row = get_object_or_404(Approach.objects.visible_to(by).select_related("organisation"), pk=pk)
    before, stage = request.POST.get("seen", ""), request.POST.get("stage", "")
    back = {}
    try:
        move_approach(approach=row, stage=stage, seen=before, by=by, why=request.POST.get("why", ""))
    except Refused as why:
        messages.warning(request, str(why))
    else:
        messages.success(
            request, _("%(name)s : %(stage)s.") % {"name": row.organisation.name, "stage": Stage(stage).label}
        )
        if request.POST.get("undoing") != "1" and before in Stage.values:
            back = {"deplacee": f"{row.pk}-{before}-{stage}"}
    return redirect(f"{reverse('outreach_admin:board')}{query.address(**back)}")


def _undo(request: HttpRequest, reader: User) -> dict[str, Any] | None:
    """What `?deplacee=` names, to be put back where it was."""
    pk, _sep, stages = request.GET.get("deplacee", "").partition("-")
    before, _sep, now = stages.partition("-")
    if not pk.isdecimal() or len(pk) > 18 or before not in Stage.values or now not in Stage.values:
        return None
    row = (
        Approach.objects.visible_to(reader)
        .filter(pk=int(pk), stage=now)
        .select_related("organisation")
        .first()
    )
    return {"row": row, "before": before, "now": now} if row else None


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What an organisation promised: noted, corrected, or taken back."""
    by = signed_in_user(request)
    with holding_row(request, Approach, pk):
        rows = Approach.objects.visible_to(by).select_related("organisation", "pole")
        row = get_object_or_404(rows, pk=pk)
        sheet = reverse("admin:outreach_approach_change", args=[pk])
        crumbs = [(_("Démarchage"), reverse("outreach_admin:board")), (row.organisation.name, sheet)]
        if request.method == "POST" and request.POST.get("move") == "take_back":
            try:
                take_back_commitment(approach=row, seen=request.POST.get("seen", ""), by=by)
            except Refused as why:
                messages.warning(request, str(why))
                return redirect("outreach_admin:commitment", pk)
            messages.success(request, _("L’engagement est retiré; l’historique le garde."))
            return redirect(sheet)
        initial = {"on": row.committed_on or timezone.localdate(), "promise": row.promise}
        page = versioned_form(request, lambda data: CommitmentForm(data, initial=initial), about=row)
        if page.is_stale:
            return ask_to_choose(request, page.merged, in_admin=True, crumbs=crumbs)
        form = page.form
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                note_commitment(approach=row, on=said["on"], promise=said["promise"], by=by)
            except Refused as why:
                form.add_error(None, str(why))
            else:
                messages.success(
                    request, _("L’engagement est noté : %(name)s.") % {"name": row.organisation.name}
                )
                return redirect(sheet)
    return render_admin_page(
        request,
        "admin/outreach/commitment.html",
        title=_("Engagement"),
        crumbs=crumbs,
        row=row,
        form=form,
        seen=commitment_digest(row),
    )


@staff_member_required
@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """By MRC, who is committed, asked, silent, never asked: drawn, and the same in a table."""
    reader, query = signed_in_user(request), ApproachQuery.read(request.GET)
    rows = found_approaches(reader, query)
    return render_admin_page(
        request,
        "admin/outreach/map.html",
        title=_("Démarchage par MRC"),
        crumbs=[(_("Démarchage"), reverse("outreach_admin:board"))],
        query=query,
        map=pipeline_map(rows, reader, query),
        **frame_of(reader, query, count_places(rows)),
    )


@staff_member_required
@require_safe
def export_page(request: HttpRequest) -> HttpResponse:
    """The rows that are asked for, as CSV. Who took people's names away is recorded."""
    reader, query = signed_in_user(request), ApproachQuery.read(request.GET)
    rows = found_approaches(reader, query).select_related("organisation__mrc", "owner", "pole")
    named = rows.exclude(contact_name="", contact_email="", contact_phone="")
    note_reads(
        reader=reader,
        organisations=named.order_by().values_list("organisation", flat=True),
        what="outreach.export",
        purpose=PersonalDataRead.Purpose.EXPORT,
    )
    record_security_event(kind=Kind.EXPORTED, by=reader, target="outreach", rows=rows.count())
    return csv_response(
        approach_table(rows.order_by(folded_column("organisation__name"), "pk")),
        name="demarchage",
        day=timezone.localdate(),
    )


def approach_table(rows: ApproachQuerySet) -> Iterator[list[Any]]:
    yield [
        _("NEQ"), _("Nom"), _("Type"), _("MRC"), _("Étape"), _("Depuis le"), _("Silencieuse"), _("Responsable"),
        _("Prochaine action"), _("Pour le"), _("Dernier contact"), _("Personne à joindre"), _("Fonction"),
        _("Courriel"), _("Téléphone"), _("Accepte nos courriels depuis le"), _("Engagée le"), _("Engagement"),
        _("Source"), _("Pôle"),
    ]  # fmt: skip
    for row in rows.iterator(chunk_size=500):
        organisation = row.organisation
        yield [
            organisation.neq, organisation.name, row.get_side_display(),
            organisation.mrc.name if organisation.mrc else "", row.place_label, row.stage_on,
            _("oui") if row.is_silent else "", row.owner or "", row.next_action or "", row.next_on or "",
            row.last_on or "", row.contact_name, row.contact_title, row.contact_email, row.contact_phone,
            row.consent_on or "", row.committed_on or "", row.promise, row.get_source_display(), row.pole.name,
        ]  # fmt: skip


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_page(request: HttpRequest) -> HttpResponse:
    """Someone leaves the team: what they followed and had to do passes to a colleague."""
    by = signed_in_user(request)
    form = HandOverForm(request.POST if request.method == "POST" else None, reader=by)
    if request.method == "POST" and form.is_valid():
        try:
            rows, actions = hand_over_outreach(by=by, **form.cleaned_data)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(
                request,
                _("Relais passé à %(who)s. Démarches à suivre : %(rows)s. Actions à faire : %(actions)s.")
                % {"who": form.cleaned_data["successor"], "rows": rows, "actions": actions},
            )
            return redirect("outreach_admin:board")
    return render_admin_page(
        request,
        "admin/outreach/hand_over.html",
        title=_("Passer le relais"),
        crumbs=[(_("Démarchage"), reverse("outreach_admin:board"))],
        form=form,
    )


def calls_left(reader: User, query: ApproachQuery) -> ApproachQuerySet:
    return to_call(found_approaches(reader, query))
