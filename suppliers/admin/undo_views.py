"""Undoing decisions under /gestion/: one from a history, or all those of one gesture on many suppliers."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, Max, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts.models import User, curation_q
from marketplace.accounts.permissions import signed_in_user
from marketplace.outbox.decisions import DecisionLetters, letters_of
from marketplace.web.admin_lists import NAMED
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.pagination import paginate_list
from marketplace.web.typography import format_hour
from suppliers import states
from suppliers.admin.views import decision_sentence, undone_sentence
from suppliers.curation import DecisionNote
from suppliers.models import Decision, Status, Supplier
from suppliers.undoing import is_undoable_move, undo_decision, why_not_undoable

PAGE = 30
SHOWN = 100


class UndoForm(forms.Form):
    """Why it is undone: who had the letter reads it, and it stays in the history."""

    message = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        help_text=gettext_lazy(
            "Reste dans l’historique. Les personnes qui ont déjà reçu le courriel liront ce texte."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "inp", "rows": 3}),
    )


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What undoing one decision changes, then the decision undone."""
    by = signed_in_user(request)
    rows = curated_decisions(by).select_related("supplier__organisation", "by", "undoing__by", "undoes")
    decision = get_object_or_404(rows, pk=pk)
    form = UndoForm(request.POST if request.method == "POST" else None)
    sheet = reverse("admin:suppliers_supplier_change", args=[decision.supplier_id])
    refusal = ""
    if form.is_bound and form.is_valid():
        try:
            undo_decision(decision=decision, by=by, note=DecisionNote(form.cleaned_data["message"]))
        except Refused as why:
            refusal = str(why)
        else:
            said = {"what": decision_sentence(decision), "name": decision.supplier}
            messages.success(request, _("Décision annulée : %(what)s, %(name)s.") % said)
            return redirect(sheet)
    return render_admin_page(
        request,
        "admin/suppliers/supplier/undo.html",
        title=_("Annuler une décision"),
        crumbs=[
            (
                capfirst(str(Supplier._meta.verbose_name_plural)),
                reverse("admin:suppliers_supplier_changelist"),
            ),
            (str(decision.supplier), sheet),
        ],
        decision=decision,
        what=decision_sentence(decision),
        refusal=refusal or why_not_undoable(decision),
        back=_state_before(decision),
        letters=letters_sentence(letters_of(decision.cause)),
        in_batch=Decision.objects.filter(batch=decision.batch).count() if decision.batch else 0,
        history=reverse("admin:suppliers_supplier_history", args=[decision.supplier_id]),
        form=form,
        sheet=sheet,
    )


@staff_member_required
@require_safe
def batches_page(request: HttpRequest) -> HttpResponse:
    """The gestures on many suppliers that touch the reader's territory, the last first."""
    rows = (
        curated_decisions(signed_in_user(request))
        .filter(batch__isnull=False)
        .values("batch", "verb")
        .annotate(at=Min("at"), n=Count("pk"), undone=Count("undoing"), who=Max("by"), last=Max("pk"))
        .order_by("-last")
    )
    page = paginate_list(request, rows, PAGE)
    if page.message:
        messages.warning(request, page.message)
    people = User.objects.in_bulk({row["who"] for row in page if row["who"]})
    lines = [
        {
            **row,
            "what": states.BY_VERB[row["verb"]].done,
            "who": people.get(row["who"], ""),
            "standing": row["n"] - row["undone"],
        }
        for row in page
    ]
    return render_admin_page(
        request,
        "admin/suppliers/supplier/batches.html",
        title=_("Décisions en lot"),
        page_obj=page,
        rows=lines,
    )


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch_page(request: HttpRequest, batch: UUID) -> HttpResponse:
    """The decisions of one gesture, with what undoing them changes; then all of them undone, each told apart."""
    by = signed_in_user(request)
    rows = curated_decisions(by).filter(batch=batch)
    decisions = list(
        rows.select_related("supplier__organisation", "by", "undoing__by", "undoes").order_by("pk")
    )
    if not decisions:
        raise Http404
    standing = [decision for decision in decisions if decision.undone is None]
    form = UndoForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        _undo_all(request, standing, by, DecisionNote(form.cleaned_data["message"]))
        return redirect("suppliers_admin:batch", batch)
    return render_admin_page(
        request,
        "admin/suppliers/supplier/batch.html",
        title=_("Décision en lot : %(what)s") % {"what": states.BY_VERB[decisions[0].verb].done},
        crumbs=[(_("Décisions en lot"), reverse("suppliers_admin:batches"))],
        first=decisions[0],
        count=len(decisions),
        standing=len(standing),
        rows=[
            (decision, undone_sentence(decision.undone) if decision.undone else "")
            for decision in decisions[:SHOWN]
        ],
        more=max(0, len(decisions) - SHOWN),
        letters=letters_sentence(letters_of(*(decision.cause for decision in standing))),
        form=form,
    )


def curated_decisions(user: User) -> QuerySet[Decision]:
    """Those about suppliers that the person may decide about, whoever decided."""
    return Decision.objects.filter(curation_q(user, "supplier__organisation__"))


def batch_done(said: str, batch: UUID) -> SafeString:
    """« 42 publiées. », when the letters leave, and the link that undoes all of them."""
    made = list(Decision.objects.filter(batch=batch).values_list("pk", "verb"))
    if not any(is_undoable_move(states.BY_VERB[verb]) for _pk, verb in made):
        return format_html("{}", said)  # a reminder that was sent has no way back
    causes = [f"supplier_decision:{pk}" for pk, _verb in made]
    return format_html(
        '{} {} <a href="{}">{}</a>',
        said,
        letters_sentence(letters_of(*causes)),
        reverse("suppliers_admin:batch", args=[batch]),
        _("Annuler"),
    )


def letters_sentence(letters: DecisionLetters) -> str:
    """What becomes of the letters of one or many decisions where they are undone; empty where there are none."""
    said = []
    if letters.leaves_at:
        n = len(letters.waiting)
        sentence = ngettext(
            "%(n)s courriel partira à %(hour)s; vous pouvez encore annuler.",
            "%(n)s courriels partiront à %(hour)s; vous pouvez encore annuler.",
            n,
        )
        said.append(sentence % {"n": n, "hour": format_hour(letters.leaves_at)})
    if n := len(letters.gone):
        sentence = ngettext(
            "%(n)s courriel est déjà parti : son destinataire sera prévenu de l’annulation.",
            "%(n)s courriels sont déjà partis : leurs destinataires seront prévenus de l’annulation.",
            n,
        )
        said.append(sentence % {"n": n})
    return " ".join(said)


def _state_before(decision: Decision) -> str:
    """« à vérifier »: where the supplier goes back to; empty where the decision was about something else."""
    status = decision.before.get("status")
    return str(Status(status).label) if status in Status.values else ""


def _undo_all(request: HttpRequest, decisions: list[Decision], by: User, note: DecisionNote) -> None:
    """Each in its own transaction: one that cannot be undone keeps no other."""
    done, refused = 0, []
    for decision in decisions:
        try:
            undo_decision(decision=decision, by=by, note=note)
        except Refused as why:
            refused.append(f"{decision.supplier}\u00a0: {why}")
        else:
            done += 1
    if done:
        said = ngettext("%(n)s décision annulée.", "%(n)s décisions annulées.", done)
        messages.success(request, said % {"n": done})
    if refused:
        said = ngettext(
            "%(n)s décision n’a pas pu être annulée. %(why)s",
            "%(n)s décisions n’ont pas pu être annulées. %(why)s",
            len(refused),
        )
        messages.warning(request, said % {"n": len(refused), "why": " ".join(refused[:NAMED])})
