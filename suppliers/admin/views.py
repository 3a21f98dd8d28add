"""The queue of curation under /gestion/, and what the panels of a supplier's page show; `panels` takes what is pressed there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from marketplace.accounts.models import Organisation
from marketplace.accounts.permissions import signed_in_user
from marketplace.outbox.decisions import letters_of
from marketplace.web.admin_history import HistoryLine
from marketplace.web.admin_lists import badge_cell
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.pagination import paginate_list
from marketplace.web.typography import format_day_short, format_hour, format_moment, format_since_days
from suppliers import states
from suppliers.admin.forms import FindingForm, SharedProofForm
from suppliers.admin.neq_views import neq_lines, neq_panel
from suppliers.criteria import (
    BY_NUMBER,
    Ask,
    CriterionLine,
    criterion_lines_of,
    evidence_facts,
)
from suppliers.curation import missing_for_publication
from suppliers.importing.differences import open_differences
from suppliers.models import (
    CriterionAnswer,
    Decision,
    EvidenceFile,
    Finding,
    Registration,
    Status,
    Supplier,
)
from suppliers.models.supplier import SupplierQuerySet
from suppliers.same_neq import same_neq_rows
from suppliers.undoing import is_undoable_move, undoable_decisions
from suppliers.verification import verification_of

PAGE = 50
NEIGHBOURS = 12
BADGES = {
    Finding.NONE: ("plain", gettext_lazy("À examiner")),
    Finding.PROVED: ("ok", gettext_lazy("Prouvé")),
    Finding.INCOMPLETE: ("wait", gettext_lazy("À compléter")),
    Finding.NOT_MET: ("no", gettext_lazy("Non respecté")),
}
LAPSED = "lapsed"


# -- the pages ---------------------------------------------------------------------------------------------------


@staff_member_required
@require_safe
def queue_page(request: HttpRequest) -> HttpResponse:
    """What was submitted in the reader's territory and nobody has decided, oldest first."""
    page = paginate_list(request, waiting_suppliers(request), PAGE)
    if page.message:
        messages.warning(request, page.message)
    rows = [
        (supplier, format_since_days(supplier.waiting_since), _kind_of_wait(supplier)) for supplier in page
    ]
    return render_admin_page(
        request, "admin/suppliers/supplier/queue.html", title=_("File d’attente"), page_obj=page, rows=rows
    )


def waiting_suppliers(request: HttpRequest) -> SupplierQuerySet:
    rows = Supplier.objects.curated_by(request.user).waiting()
    return rows.select_related("organisation__mrc", "registration").order_by_wait()


# -- what the panels show ----------------------------------------------------------------------------------------


def review_context(request: HttpRequest, supplier: Supplier, given: dict[str, Any]) -> dict[str, Any]:
    """What the page of a supplier shows beside its fields; `given` is what `panels_of` made."""
    organisation = supplier.organisation
    in_queue = supplier.status == Status.SUBMITTED or supplier.recheck_since or supplier.attested_at
    waiting = waiting_suppliers(request)[:NEIGHBOURS] if in_queue else []
    return {
        "badge": supplier_badge(supplier),
        "supplier": supplier,
        "organisation": organisation,
        "moves": [
            move
            for move in states.moves_from(supplier.status)
            if (move is not states.CONFIRM or supplier.recheck)
            and (move is not states.RENEW or supplier.attested_at)
        ],
        "lacks": missing_for_publication(supplier),
        "decision_form": given["decision_form"],
        "invited_email": given.get("invited_email", ""),
        "members": organisation.memberships.select_related("user").order_by("created_at"),
        "open_invitations": organisation.invitations.open().order_by("created_at"),
        "registry": getattr(supplier, "registry", None),
        "differences": open_differences(supplier),
        **neq_panel(supplier, signed_in_user(request)),
        "same_neq": same_neq_rows(supplier, signed_in_user(request)),
        "lines": decision_lines(supplier)[:20],
        "preview": reverse("suppliers:supplier", kwargs={"slug": supplier.slug}),
        "neighbours": [(other, format_since_days(other.waiting_since)) for other in waiting],
        "second_save": True,
        "sheet": given["sheet"],
        **_criteria_context(supplier, given),
    }


@dataclass(frozen=True)
class CriterionRow:
    """One criterion: what the Act asks, what the enterprise says and proves, the finding."""

    ask: Ask
    answer: CriterionAnswer
    files: list[tuple[EvidenceFile, str]]
    form: FindingForm
    badge: tuple[str, str]
    proof: CriterionLine | None
    is_open: bool


def _criteria_context(supplier: Supplier, given: dict[str, Any]) -> dict[str, Any]:
    """The six criteria, also of a supplier that never answered to them. At most three queries."""
    registration: Registration | None = getattr(supplier, "registration", None)
    neq = registration.claimed_neq if registration else ""
    rows = CriterionAnswer.objects.filter(supplier=supplier).select_related("found_by", "pole")
    known = {answer.criterion: answer for answer in rows}
    answers = [
        known.get(number) or CriterionAnswer(supplier=supplier, criterion=number) for number in BY_NUMBER
    ]
    files: dict[int, list[tuple[EvidenceFile, str]]] = {}
    for kept in EvidenceFile.objects.filter(supplier=supplier).select_related("file") if known else []:
        for number in kept.criteria:
            files.setdefault(number, []).append((kept, evidence_facts(kept)))
    bound = given.get("finding_forms") or {}
    in_sheet = given["in_sheet"]
    first = next((answer.criterion for answer in answers if answer.is_waiting), 0)
    lines = criterion_lines_of(known)
    verification = verification_of(supplier)
    return {
        "registration": registration,
        "has_neq": Organisation.objects.filter(neq=neq).first() if neq else None,
        "recheck": states.changed_since_verified(supplier.recheck),
        "criteria": [
            CriterionRow(
                BY_NUMBER[answer.criterion],
                answer,
                files.get(answer.criterion, []),
                in_sheet(bound.get(answer.criterion) or finding_form(answer)),
                ("wait", _("Échu")) if _state(answer) == LAPSED else BADGES[Finding(answer.state)],
                line if answer.proved_on else None,
                answer.criterion == first
                or bool(bound)
                or f"c{answer.criterion}" in supplier.recheck
                or answer.state in (Finding.INCOMPLETE, Finding.NOT_MET),
            )
            for answer, line in zip(answers, lines, strict=True)
        ],
        "shared_form": in_sheet(given.get("shared_form") or SharedProofForm(prefix="shared")),
        "tally": _tally(answers),
        "verification": verification,
    }


def finding_form(answer: CriterionAnswer) -> FindingForm:
    """The finding of one criterion as it stands."""
    seen = answer.answered_at.isoformat() if answer.answered_at else ""
    initial = {"state": answer.state, "note": answer.note, "seen": seen}
    if answer.proved_on:
        initial |= {"basis": answer.basis, "reference": answer.reference}
    if answer.state == Finding.PROVED:
        initial["expires_on"] = answer.expires_on
    form = FindingForm(initial=initial, prefix=f"c{answer.criterion}")
    form.called = f"{answer.criterion}. {BY_NUMBER[answer.criterion].title}"
    return form


def _state(answer: CriterionAnswer) -> str:
    """The finding of an answer; `LAPSED` where it was proved and the proof is past its day."""
    is_lapsed = answer.expires_on is not None and answer.expires_on < timezone.localdate()
    return LAPSED if is_lapsed and answer.state == Finding.PROVED else answer.state


def _tally(answers: list[CriterionAnswer]) -> list[tuple[str, str]]:
    """« 4 prouvés », « 1 échu », « 1 à compléter »… as badges, without those that count none."""
    count = Counter(_state(answer) for answer in answers)
    words = {
        Finding.PROVED: ngettext("%(n)s prouvé", "%(n)s prouvés", count[Finding.PROVED]),
        LAPSED: ngettext("%(n)s échu", "%(n)s échus", count[LAPSED]),
        Finding.INCOMPLETE: _("%(n)s à compléter"),
        Finding.NOT_MET: ngettext("%(n)s non respecté", "%(n)s non respectés", count[Finding.NOT_MET]),
        Finding.NONE: _("%(n)s à examiner"),
    }
    kinds = {LAPSED: "wait", **{state: kind for state, (kind, _word) in BADGES.items()}}
    return [(kinds[state], text % {"n": count[state]}) for state, text in words.items() if count[state]]


def _kind_of_wait(supplier: Supplier) -> str:
    """Why a supplier is in the queue, for its list."""
    if supplier.recheck_since:
        return _("Modifiée depuis la vérification")
    if supplier.attested_at:
        return _("Rien n’a changé, selon l’entreprise : preuves à renouveler")
    return _("À vérifier")


def supplier_badge(supplier: Supplier) -> SafeString:
    """« publiée, 8 déc. 2026 »."""
    text = f"{supplier.get_status_display()}, {format_day_short(supplier.status_changed_at)}"
    return badge_cell(states.BADGES[Status(supplier.status)], text)


#: An import is no move of a person: it has no button, so `states` does not know it.
LISTED = gettext_lazy("Venue d’un fichier")


def decision_sentence(decision: Decision) -> str:
    """« Fiche publiée », « Fiche archivée : fiche en double », « Décision annulée : Fiche publiée »."""
    if decision.undoes is not None:
        return f"{states.UNDO.done}\u00a0: {decision_sentence(decision.undoes)}"
    move = states.BY_VERB.get(decision.verb)
    done = str(move.done) if move else LISTED if decision.verb == "import" else decision.verb
    if move is states.ARCHIVE and decision.reason:
        return f"{done}\u00a0: {decision.get_reason_display()}"
    return done


def decision_note(decision: Decision) -> str:
    """The message, and who asked by telephone."""
    asked = ""
    if decision.channel == Decision.Channel.PHONE:
        asked = str(_("Par téléphone. A appelé : %(who)s.")) % {"who": decision.on_behalf_of}
    return "\n".join(filter(None, [asked, decision.message]))


def with_way_back(said: str, decision: Decision) -> SafeString:
    """The sentence, when its letters leave, and the link that undoes the decision."""
    if not is_undoable_move(states.BY_VERB[decision.verb]):
        return format_html("{}", said)  # what was written to the enterprise has no way back
    leaves_at = letters_of(decision.cause).leaves_at
    return format_html(
        '{} {} <a href="{}">{}</a>',
        said,
        leaving_sentence(leaves_at) if leaves_at else "",
        reverse("suppliers_admin:undo_decision", args=[decision.pk]),
        _("Annuler"),
    )


def leaving_sentence(leaves_at: datetime) -> str:
    """« Le courriel partira à 14 h 32; vous pouvez encore annuler. »"""
    return _("Le courriel partira à %(hour)s; vous pouvez encore annuler.") % {"hour": format_hour(leaves_at)}


def decision_lines(supplier: Supplier) -> list[HistoryLine]:
    """The decisions about a supplier for people, newest first, each with its way back. One query."""
    rows = Decision.objects.filter(supplier=supplier)
    decisions = list(rows.select_related("by", "undoing__by", "undoes"))
    undoable = undoable_decisions(decisions)
    lines = [decision_line(decision, can_be_undone=decision.pk in undoable) for decision in decisions]
    return neq_lines(decisions, lines)


def decision_line(decision: Decision, *, can_be_undone: bool = False) -> HistoryLine:
    return HistoryLine(
        at=decision.at,
        what=decision_sentence(decision),
        who=str(decision.by) if decision.by else "",
        note=decision_note(decision) or decision_sentence(decision),
        undone=undone_sentence(decision.undone) if decision.undone else "",
        way_back=(str(states.UNDO.label), reverse("suppliers_admin:undo_decision", args=[decision.pk]))
        if can_be_undone
        else None,
    )


def undone_sentence(undo: Decision) -> str:
    """« Annulée le 8 déc. 2026, 11 h, par Nadia Bélanger. »"""
    at = format_moment(undo.at)
    if undo.by is None:
        return _("Annulée : %(at)s.") % {"at": at}
    return _("Annulée : %(at)s, par %(who)s.") % {"at": at, "who": undo.by}
