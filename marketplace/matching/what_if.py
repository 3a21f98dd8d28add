"""« Et si cet avis paraissait? »: staff paste a title and see who would be told, and why. Nothing is kept, nothing leaves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from buyers.models import Tender
from buyers.needs.forms import AmountField
from marketplace.accounts.permissions import signed_in_user
from marketplace.classification.codes import normalise_code
from marketplace.matching.candidates import best_matches, find_candidates, with_details
from marketplace.matching.models import Alert
from marketplace.matching.reasons import match_reasons
from marketplace.matching.sentences import Sentence, reason_sentence
from marketplace.matching.suggestions import KEPT
from marketplace.matching.tenders import read_tender
from marketplace.territories.labels import mrcs_by_code
from marketplace.territories.typed_places import is_anywhere, place_label, read_place
from marketplace.web.admin_pages import render_admin_page
from suppliers.models import Supplier

#: Titles of SEAO are shorter.
LONGEST = 500


class WhatIfForm(forms.Form):
    title = forms.CharField(
        label=lazy("Titre de l’avis"),
        max_length=LONGEST,
        error_messages={"required": lazy("Collez ou écrivez le titre d’un avis.")},
        widget=forms.Textarea(attrs={"class": "inp", "rows": 2}),
    )
    code = forms.CharField(label=lazy("Code UNSPSC"), max_length=20, required=False)
    place = forms.CharField(label=lazy("Lieu de livraison"), max_length=120, required=False)
    buyer = forms.CharField(label=lazy("Acheteur"), max_length=255, required=False)
    amount = AmountField(label=lazy("Montant estimé"), max_length=30, required=False)

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"]
        code = normalise_code(typed) if typed else ""
        if typed and not code:
            raise forms.ValidationError(_("Un code UNSPSC compte de deux à huit chiffres, comme 76111500."))
        return code or ""

    def clean_place(self) -> dict[str, str]:
        text = self.cleaned_data["place"]
        if not text or is_anywhere(text):
            return {}
        found = read_place(text)
        if not found:
            raise forms.ValidationError(
                _("Nous ne reconnaissons pas ce lieu. Écrivez une municipalité, une MRC ou une région.")
            )
        if len(found) > 1:
            names = ", ".join(f"«\u00a0{place_label(one.token)}\u00a0»" for one in found)
            raise forms.ValidationError(
                _("Ce nom désigne plusieurs lieux. Écrivez l’un de ceux-ci : %(names)s.") % {"names": names}
            )
        token = found[0].token
        if token.startswith("R"):
            return {"region_id": token[1:]}
        return {"mrc_id": token, "region_id": mrcs_by_code()[token].region}


@dataclass(frozen=True)
class WhatIfRow:
    """`rank` is among all enterprises, those of other territories too; `alerts`: how many people would be told."""

    rank: int
    supplier: Supplier
    points: int
    alerts: int
    rows: list[tuple[str, Sentence]]


@dataclass(frozen=True)
class WhatIf:
    rows: list[WhatIfRow]
    elsewhere: int


@staff_member_required
@require_safe
def what_if_view(request: HttpRequest) -> HttpResponse:
    """Asked by its address, which may be shared among staff: it names no person."""
    form = WhatIfForm(request.GET or None)
    found = None
    if form.is_bound and form.is_valid():
        found = what_if(form.cleaned_data, user=signed_in_user(request))
    return render_admin_page(
        request,
        "admin/matching/what_if.html",
        title=_("Et si cet avis paraissait?"),
        form=form,
        found=found,
    )


def what_if(asked: dict[str, Any], *, user: Any) -> WhatIf:
    """The suggestions that such a notice would have, those of the reader's own territory; some nine statements."""
    tender = Tender(
        title=asked["title"],
        unspsc=[asked["code"]] if asked["code"] else [],
        estimated_amount=asked["amount"],
        buyer_name=asked["buyer"],
        **asked["place"],
    )
    if asked["buyer"]:  # as its other notices name it: who it bought from counts
        known = Tender.objects.filter(buyer_name__iexact=asked["buyer"]).order_by(
            F("published_at").desc(nulls_last=True), "-pk"
        )
        latest = known.only("buyer_id", "party_id", "buyer_name").first()
        if latest:
            tender.buyer_id, tender.party_id = latest.buyer_id, latest.party_id
            tender.buyer_name = latest.buyer_name
    question = read_tender(tender)
    candidates = find_candidates(question)
    matches = best_matches(question.tender, candidates, question.statistics, limit=KEPT)
    ranks = {int(match.key): rank for rank, match in enumerate(matches, 1)}
    mine = Supplier.objects.published().curated_by(user).filter(pk__in=ranks)
    suppliers = {one.pk: one for one in mine.select_related("organisation")}
    shown = [match for match in matches if int(match.key) in suppliers]
    by_key = {profile.key: profile for profile in candidates}
    whole = with_details(question, [by_key[match.key] for match in shown]) if shown else {}
    points = {int(match.key): match.points for match in matches}
    alerts = Alert.objects.standing().filter(supplier__in=suppliers, minimum_fit__isnull=False).order_by()
    told: dict[int, set[int]] = defaultdict(set)
    for supplier, person, least in alerts.values_list("supplier", "user", "minimum_fit"):
        if points[supplier] >= least:
            told[supplier].add(person)
    rows = [
        WhatIfRow(
            ranks[int(match.key)],
            suppliers[int(match.key)],
            round(match.points),
            len(told[int(match.key)]),
            [
                (reason.verdict, reason_sentence(reason.as_json()))
                for reason in match_reasons(question.tender, whole[match.key], question.statistics)
            ],
        )
        for match in shown
    ]
    return WhatIf(rows, len(matches) - len(rows))
