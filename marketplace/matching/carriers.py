"""What follows a supplier where two become one (`web.carriers`)."""

from django.db.models import Q

from marketplace.matching.models import (
    Alert,
    BuyerSuggestion,
    Experience,
    Lesson,
    Misfit,
    Suggestion,
    ToldSupplier,
    Track,
    Trait,
)
from marketplace.web.carriers import carry, leave

EVERY = Q(pk__isnull=False)
for _model in (Alert, BuyerSuggestion, ToldSupplier, Lesson, Misfit, Suggestion):
    carry(_model, "supplier")
carry(Experience, "supplier", by_itself=EVERY)
for _model in (Track, Trait):
    leave(_model, "supplier", why="a sum of experiences, reckoned again with the awards", by_itself=EVERY)
