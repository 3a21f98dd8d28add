"""What came of being here, seeded for the demo's logins: months of visits, the searches that led there, notices that fitted
and were opened; and the buyer who asked to be told of new suppliers, and was told of two.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from buyers.models import Buyer, Tender
from marketplace.accounts.models import User
from marketplace.classification.codes import code_prefix
from marketplace.dealings.models import SuggestedNotice, Visits, VisitWords
from marketplace.dealings.outcomes.counting import clean_words
from marketplace.dealings.outcomes.flushing import answering
from marketplace.dealings.outcomes.recording import record_suggested_notices
from marketplace.matching.buyer_suggestions.verbs import (
    CONSENT_WORDING,
    ask_new_suppliers,
    suggest_to_buyer,
)
from marketplace.matching.models import BuyerSuggestion, NewSupplierAlert, ToldSupplier
from marketplace.web.folding import fold_text
from suppliers.models import DirectoryEntry, Supplier
from suppliers.search.empty import in_lexicon

#: Days of visits, and how many other enterprises of the territory have some.
DAYS, OTHERS = 200, 60
FITTED = 18  # notices that are over
TOLD = 2


def seed_outcomes(*, member_of: Supplier, shopper: User, shop: Buyer, rng: random.Random, day: date) -> None:
    """After everything else: it reads what the others wrote."""
    others = (
        Supplier.objects.published()
        .filter(organisation__region=member_of.organisation.region_id)
        .exclude(pk=member_of.pk)
    )
    _visits(member_of, rng, day, busy=0.7)
    for supplier in others.order_by("pk")[:OTHERS]:
        _visits(supplier, rng, day, busy=rng.uniform(0.02, 0.2))
    _searches(member_of, rng, day)
    _fitted(member_of, rng, day)
    record_suggested_notices(by=None)
    _new_suppliers(shopper, shop, day)


def _visits(supplier: Supplier, rng: random.Random, day: date, *, busy: float) -> None:
    rows = []
    for ago in range(DAYS):
        if rng.random() < busy:
            times = rng.randint(1, 6)
            by_search = rng.randint(0, times)
            by_list = rng.randint(0, times - by_search)
            rows.append(
                Visits(
                    supplier=supplier,
                    day=day - timedelta(days=ago),
                    times=times,
                    by_search=by_search,
                    by_list=by_list,
                )
            )
    Visits.objects.bulk_create(rows)


def _searches(supplier: Supplier, rng: random.Random, day: date) -> None:
    """Texts that the directory does answer with it: words of its activity and of its offers."""
    offers = set(_words(" ".join(supplier.offers.values_list("title", flat=True))))
    # First what its activity says and no offer does: then its page has some advice.
    texts = [*(word for word in _words(supplier.activity) if word not in offers), *sorted(offers)]
    found = [text for text, (_shown, suppliers) in answering(texts).items() if supplier.pk in suppliers]
    VisitWords.objects.bulk_create(
        VisitWords(
            supplier=supplier,
            day=day - timedelta(days=rng.randint(1, 90) + ago),
            words=text,
            times=max(1, 5 - place),
        )
        for place, text in enumerate(sorted(found, key=texts.index)[:7])
        for ago in (0, 100)
    )


def _words(text: str) -> list[str]:
    plain = (clean_words(word.strip(".,;:()«»")) for word in text.split() if "’" not in word)
    words = dict.fromkeys(word for word in plain if len(word) > 6)
    return sorted(
        words, key=lambda word: not in_lexicon(fold_text(word))
    )  # what a buyer would type comes first


def _fitted(supplier: Supplier, rng: random.Random, day: date) -> None:
    """Notices of its trade that are over; its team opened most of them."""
    families = {code[:4] for code in DirectoryEntry.objects.get(supplier=supplier).codes if len(code) >= 4}
    over = Tender.objects.exclude(status=Tender.Status.ACTIVE).order_by("-published_at", "pk")[:600]
    found = [one for one in over if families & {code_prefix(code)[:4] for code in one.unspsc}]
    rows = []
    for tender in found[:FITTED]:
        on = min(tender.published_at.date() if tender.published_at else day, day)
        opened = min(on + timedelta(days=rng.randint(0, 4)), day) if rng.random() < 0.7 else None
        rows.append(SuggestedNotice(supplier=supplier, tender=tender, on=on, opened_on=opened))
    SuggestedNotice.objects.bulk_create(rows)


def _new_suppliers(shopper: User, shop: Buyer, day: date) -> None:
    """The next mail is due since last Monday: the demo writes it in its first minute."""
    suggest_to_buyer(buyer=shop, by=None)
    alert = ask_new_suppliers(user=shopper, buyer=shop, consent_wording=str(CONSENT_WORDING), by=shopper)
    at = timezone.make_aware(datetime.combine(day - timedelta(days=12), time(6, 31)))
    NewSupplierAlert.objects.filter(pk=alert.pk).update(written_until=at, created_at=at - timedelta(days=8))
    told = BuyerSuggestion.objects.filter(buyer=shop).order_by("-points", "pk")[:TOLD]
    ToldSupplier.objects.bulk_create(
        ToldSupplier(user=shopper, supplier_id=one.supplier_id, at=at) for one in told
    )
