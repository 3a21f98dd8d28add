"""Suggestions: the best suppliers for a notice, the best open notices for a supplier, kept with their reasons."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace

from django.db import connection
from django.utils import timezone

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.matching import engine
from marketplace.matching.alerts.verbs import close_unsent_mentions
from marketplace.matching.candidates import (
    as_known_for,
    best_matches,
    find_candidates,
    is_worth_keeping,
    supplier_profile,
    with_details,
)
from marketplace.matching.engine import Match, SupplierProfile
from marketplace.matching.meanings import words_that_mean
from marketplace.matching.models import Alert, Misfit, Suggestion
from marketplace.matching.reasons import match_reasons
from marketplace.matching.tenders import TenderQuestion, open_tenders, read_tender
from marketplace.matching.turning import in_turn, turn_of
from marketplace.web.verbs import verb
from suppliers.models import DirectoryText, Supplier

#: Suggestions kept for one notice, and notices for one supplier.
KEPT = 50
KEPT_FOR_SUPPLIER = 20

# Not `bulk_create`: over fifty rows it took as long as finding and weighing the suppliers.
_KEEP = """
INSERT INTO matching_suggestion AS kept (supplier_id, tender_id, points, rank, reasons, tender_version, computed_at)
SELECT supplier_id, tender_id, points, rank, reasons, tender_version, computed_at
FROM jsonb_to_recordset(%s::jsonb) AS found (supplier_id bigint, tender_id bigint, points smallint, rank smallint,
                                             reasons jsonb, tender_version text, computed_at timestamptz)
ON CONFLICT (supplier_id, tender_id) DO UPDATE SET
    points = EXCLUDED.points, rank = EXCLUDED.rank, reasons = EXCLUDED.reasons,
    tender_version = EXCLUDED.tender_version, computed_at = EXCLUDED.computed_at
RETURNING id, supplier_id, tender_id
"""


@verb
def suggest_for_tender(*, tender: Tender, by: User | None) -> list[Suggestion]:
    """Keep the best suppliers for an open notice, best first, and drop what no longer holds. Safe to repeat."""
    if not tender.is_open:
        Suggestion.objects.filter(tender=tender).wanted().delete()
        return []
    asked = read_tender(tender)
    ruled_out = set(Misfit.objects.filter(tender=tender).values_list("supplier", flat=True))
    found = [one for one in find_candidates(asked) if one.key not in ruled_out]
    matches = best_matches(asked.tender, found, asked.statistics, limit=KEPT)
    suggestions = _explained(tender, asked, matches, found)
    for rank, suggestion in enumerate(suggestions, 1):
        suggestion.rank = rank
    _keep(suggestions)
    Suggestion.objects.filter(tender=tender).wanted().exclude(pk__in=[s.pk for s in suggestions]).delete()
    return suggestions


@verb
def suggest_for_supplier(*, supplier: Supplier, by: User | None) -> list[Suggestion]:
    """Keep the best open notices for a published supplier, best first; drop the rest. Safe to repeat."""
    profile = supplier_profile(supplier.pk)
    if profile is None:
        return withdraw_suggestions(supplier=supplier, by=by)
    sheet = DirectoryText.objects.get(entry=supplier.pk)
    said = " . ".join([sheet.name, sheet.offers_text, sheet.activity])
    in_other_words = replace(profile, words=profile.words | words_that_mean(said))
    tenders, statistics = open_tenders(in_other_words)
    rough = ((engine.score_match(tender, in_other_words, statistics), pk) for pk, tender in tenders.items())
    good = sorted((-match.points, pk) for match, pk in rough if match and is_worth_keeping(match))
    read_whole = [pk for _points, pk in good[: 2 * KEPT_FOR_SUPPLIER]]
    found: list[tuple[Tender, TenderQuestion, Match]] = []
    as_known: dict[int, SupplierProfile] = {}
    for tender in Tender.objects.filter(pk__in=read_whole).exclude(misfits__supplier=supplier):
        asked = read_tender(tender)
        known = as_known_for(asked, profile)
        for match in best_matches(asked.tender, [known], asked.statistics, limit=1):
            found.append((tender, asked, match))
            as_known[tender.pk] = known
    best = sorted(found, key=lambda one: (-round(one[2].points), one[0].pk))[:KEPT_FOR_SUPPLIER]
    suggestions = [
        suggestion
        for tender, asked, match in best
        for suggestion in _explained(tender, asked, [match], [as_known[tender.pk]])
    ]
    _keep(suggestions)
    Suggestion.objects.filter(supplier=supplier).wanted().exclude(pk__in=[s.pk for s in suggestions]).delete()
    _rank([suggestion.tender for suggestion in suggestions])
    return suggestions


@verb
def withdraw_suggestions(*, supplier: Supplier, by: User | None) -> list[Suggestion]:
    """Drop all suggestions of a supplier that is no longer published."""
    Suggestion.objects.filter(supplier=supplier).wanted().delete()
    return []


@verb
def set_tender_aside(*, supplier: Supplier, tender: Tender, by: User | None) -> None:
    """The supplier wants no more of a tender: it leaves its space, and mails that have not left do not name it."""
    now = timezone.now()
    unknown = {"points": 0, "rank": 0, "reasons": [], "tender_version": tender.short_version}
    Suggestion.objects.update_or_create(
        supplier=supplier,
        tender=tender,
        defaults={"set_aside_at": now},
        create_defaults={**unknown, "set_aside_at": now},
    )
    close_unsent_mentions(Alert.objects.filter(supplier=supplier), ocid=tender.ocid)


@verb
def bring_tender_back(*, supplier: Supplier, tender: Tender, by: User | None) -> None:
    """A tender that was set aside is suggested again, if it still fits."""
    Suggestion.objects.filter(supplier=supplier, tender=tender).update(set_aside_at=None)
    suggest_for_tender(tender=tender, by=by)


def _explained(
    tender: Tender, asked: TenderQuestion, matches: list[Match], found: list[SupplierProfile]
) -> list[Suggestion]:
    """Suggestions with their reasons, not kept yet."""
    if not matches:
        return []
    by_key = {profile.key: profile for profile in found}
    whole = with_details(asked, [by_key[match.key] for match in matches])
    now = timezone.now()
    return [
        Suggestion(
            supplier_id=int(match.key),
            tender=tender,
            points=round(match.points),
            rank=1,
            reasons=[
                reason.as_json() for reason in match_reasons(asked.tender, whole[match.key], asked.statistics)
            ],
            tender_version=tender.short_version,
            computed_at=now,
        )
        for match in matches
    ]


def _keep(suggestions: list[Suggestion]) -> None:
    """Write them all in one statement with one parameter, and give them their ids."""
    rows = [
        {
            "supplier_id": s.supplier_id,
            "tender_id": s.tender_id,
            "points": s.points,
            "rank": s.rank,
            "reasons": s.reasons,
            "tender_version": s.tender_version,
            "computed_at": s.computed_at.isoformat(),
        }
        for s in suggestions
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [json.dumps(rows)])
        ids = {(supplier, tender): pk for pk, supplier, tender in cursor.fetchall()}
    for suggestion in suggestions:
        suggestion.pk = ids[suggestion.supplier_id, suggestion.tender_id]


def _rank(tenders: list[Tender]) -> None:
    """Place again the suggestions of these notices, where one came or went; equals take turns."""
    kept: dict[int, list[Suggestion]] = defaultdict(list)
    for suggestion in Suggestion.objects.filter(tender__in=tenders).only(
        "tender", "supplier", "points", "rank"
    ):
        kept[suggestion.tender_id].append(suggestion)
    moved = []
    for tender in tenders:
        turns = in_turn([s.supplier_id for s in kept[tender.pk]], turn_of(tender.ocid))
        ordered = sorted(kept[tender.pk], key=lambda s: (-s.points, turns[s.supplier_id]))
        for rank, suggestion in enumerate(ordered, 1):
            if suggestion.rank != rank:
                suggestion.rank = rank
                moved.append(suggestion)
    Suggestion.objects.bulk_update(moved, ["rank"])
