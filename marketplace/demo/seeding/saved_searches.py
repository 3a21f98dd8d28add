"""Seeded searches in each state: running with something new, paused, stopped, no longer understood."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.matching.saved_searches.models import SavedSearch
from marketplace.matching.saved_searches.verbs import (
    CONSENT_WORDINGS,
    pause_search,
    save_search,
    stop_searches,
)

Of, Frequency = SavedSearch.Of, SavedSearch.Frequency
#: Whose, of which list, what it asks, what it is called, how often.
SEARCHES = (
    (
        "acheteuse",
        Of.SUPPLIERS,
        "q=traiteur&territoire=36",
        "Traiteurs qui livrent à Shawinigan",
        Frequency.WEEKLY,
    ),
    ("acheteuse", Of.SUPPLIERS, "q=d%C3%A9neigement&region=04", "Déneigement en Mauricie", Frequency.DAILY),
    ("acheteuse", Of.TENDERS, "q=entretien&region=04", "Ce que d’autres villes demandent", Frequency.WEEKLY),
    ("acheteuse", Of.SUPPLIERS, "q=imprimerie", "Imprimeries", Frequency.DAILY),
    ("entreprise", Of.TENDERS, "region=04", "Tous les avis de la Mauricie", Frequency.INSTANT),
)
PAUSED, STOPPED, FAULTY = 1, 3, 2


def seed_saved_searches() -> None:
    kept = []
    for who, of, query, name, frequency in SEARCHES:
        user = User.objects.get(email=f"{who}@demo.example")
        kept.append(
            save_search(
                user=user,
                of=of,
                query=query,
                name=name,
                frequency=frequency,
                consent_wording=str(CONSENT_WORDINGS[of]),
                by=user,
            )
        )
    # Some answers of the first are news: its next mail has something to say.
    first = kept[0]
    SavedSearch.objects.filter(pk=first.pk).update(
        seen=first.seen[2:], looked_until=timezone.now() - timedelta(days=8)
    )
    pause_search(search=kept[PAUSED], by=kept[PAUSED].user)
    stop_searches(searches=[kept[STOPPED]], by=kept[STOPPED].user)
    SavedSearch.objects.filter(pk=kept[FAULTY].pk).update(
        query="q=entretien&region=04&methode=dialogue",
        fault="Le filtre «\u00a0mode\u00a0» ne connaît pas «\u00a0dialogue\u00a0». Il est ignoré.",
    )
