"""Seeded searches in each state: running with something new, paused, stopped, no longer understood."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.matching.saved_searches.models import SavedSearch
from marketplace.matching.saved_searches.verbs import (
    CONSENT_WORDING,
    pause_search,
    save_search,
    stop_searches,
)

Frequency = SavedSearch.Frequency
#: Of the buyer: what it asks, what it is called, how often.
SEARCHES = (
    ("q=traiteur&territoire=36", "Traiteurs qui livrent à Shawinigan", Frequency.WEEKLY),
    ("q=d%C3%A9neigement&region=04", "Déneigement en Mauricie", Frequency.DAILY),
    ("q=entretien&region=04", "Entretien en Mauricie", Frequency.WEEKLY),
    ("q=imprimerie", "Imprimeries", Frequency.DAILY),
)
PAUSED, STOPPED, FAULTY = 1, 3, 2


def seed_saved_searches() -> None:
    user = User.objects.get(email="acheteuse@demo.example")
    kept = [
        save_search(
            user=user,
            query=query,
            name=name,
            frequency=frequency,
            consent_wording=str(CONSENT_WORDING),
            by=user,
        )
        for query, name, frequency in SEARCHES
    ]
    # Some answers of the first are news: its next mail has something to say.
    first = kept[0]
    SavedSearch.objects.filter(pk=first.pk).update(
        seen=first.seen[2:], looked_until=timezone.now() - timedelta(days=8)
    )
    pause_search(search=kept[PAUSED], by=user)
    stop_searches(searches=[kept[STOPPED]], by=user)
    SavedSearch.objects.filter(pk=kept[FAULTY].pk).update(
        query="q=entretien&region=04&certification=disparue",
        fault="Le filtre «\u00a0certification\u00a0» ne connaît pas «\u00a0disparue\u00a0». Il est ignoré.",
    )
