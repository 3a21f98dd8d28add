"""A need in the back room: what its institution says, and what the staff of its territory decide about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import display_for_value
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from buyers.models import Need
from buyers.needs.detail import period_of
from buyers.needs.lifecycle import cancel_need, publish_need, return_need
from buyers.wording import need_badge
from marketplace.accounts.permissions import signed_in_user
from marketplace.classification.labels import code_label
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused


class Move(NamedTuple):
    """A button: what it posts, says and looks like, its verb, and how that takes the message."""

    name: str
    label: Promise
    tone: str
    verb: Callable[..., Any]
    message: str


MOVES: dict[str, list[Move]] = {
    Need.Status.SUBMITTED: [
        Move("publish", gettext_lazy("Publier le besoin"), "good", publish_need, ""),
        Move("return", gettext_lazy("Demander un complément"), "second", return_need, "message"),
    ],
    Need.Status.PUBLISHED: [
        Move("cancel", gettext_lazy("Annuler le besoin"), "danger", cancel_need, "reason")
    ],
}


class WordsForm(forms.Form):
    message = forms.CharField(
        label=gettext_lazy("Message à l’institution"),
        help_text=gettext_lazy(
            "Pour demander un complément ou annuler. Toutes les personnes qui voient le besoin liront le motif d’une annulation."
        ),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"class": "inp", "rows": 4}),
    )


@staff_member_required
@require_safe
def need_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _find(request, pk), WordsForm(auto_id="decision_%s"))


@staff_member_required
@require_POST
def decide_need_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One button, one verb; refused, the page again with what was typed."""
    need, form = _find(request, pk), WordsForm(request.POST, auto_id="decision_%s")
    said = form.cleaned_data["message"] if form.is_valid() else ""
    move = next(
        (one for some in MOVES.values() for one in some if one.name == request.POST.get("move")), None
    )
    try:
        if move is None:
            raise Refused(_("Cette action n’existe pas. Rien n’a changé."))
        if need.status == Need.Status.SUBMITTED and request.POST.get("seen") != seen_of(need):
            raise Refused(
                _("L’institution a repris et modifié ce besoin depuis que vous l’avez ouvert. Relisez-le.")
            )
        move.verb(need=need, by=signed_in_user(request), **({move.message: said} if move.message else {}))
    except Refused as why:
        return _page(request, _find(request, pk), form, refusal=str(why))
    messages.success(
        request, _("%(name)s : %(state)s.") % {"name": need.title, "state": need_badge(need).word}
    )
    return redirect("admin:buyers_need_change", need.pk)


def _find(request: HttpRequest, pk: int) -> Need:
    rows = Need.objects.curated_by(request.user)
    return get_object_or_404(rows.select_related("buyer__organisation", "created_by"), pk=pk)


def _page(request: HttpRequest, need: Need, form: WordsForm, *, refusal: str = "") -> HttpResponse:
    return render_admin_page(
        request,
        "admin/buyers/need/page.html",
        title=need.title,
        crumbs=[
            (capfirst(str(Need._meta.verbose_name_plural)), reverse("admin:buyers_need_changelist")),
        ],
        need=need,
        badge=need_badge(need),
        facts=_facts(need),
        documents=list(need.documents.select_related("file")),
        clauses=list(need.clauses.all()),
        moves=MOVES.get(need.status, []),
        form=form,
        refusal=refusal,
        seen=seen_of(need),
    )


def seen_of(need: Need) -> str:
    """Which sending of it the page shows: taken back, changed and sent again, it is to be read again."""
    return need.submitted_at.isoformat() if need.submitted_at else ""


def _facts(need: Need) -> list[tuple[str, str, str]]:
    """Label, text, and the page where it leads. The institution's own figure is no business of the pôle's."""
    label = Need._meta.get_field
    buyer = reverse("admin:buyers_buyer_change", args=[need.buyer_id])
    values = [
        ("buyer", need.buyer.organisation.name, buyer),
        ("description", need.description, ""),
        ("method", need.get_method_display(), ""),
        ("audience", need.get_audience_display(), ""),
        ("place", need.place, ""),
        ("starts_on", period_of(need), ""),
        ("band", need.get_band_display() if need.band else "", ""),
        ("unspsc", "\n".join(f"{code} {code_label(code)}" for code in need.unspsc), ""),
        ("questions_until", display_for_value(need.questions_until, ""), ""),
        ("closes_at", display_for_value(need.closes_at, ""), ""),
        ("created_by", str(need.created_by or ""), ""),
        ("submitted_at", display_for_value(need.submitted_at, ""), ""),
        ("published_at", display_for_value(need.published_at, ""), ""),
        ("returned_because", need.returned_because, ""),
        ("cancelled_because", need.cancelled_because, ""),
    ]
    return [(str(label(name).verbose_name), text, url) for name, text, url in values if text]
