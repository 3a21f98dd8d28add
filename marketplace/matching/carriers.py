"""What follows a supplier where two become one (`web.carriers`)."""

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

for _model in (Alert, BuyerSuggestion, ToldSupplier, Lesson, Misfit, Suggestion, Experience):
    carry(_model, "supplier")
leave(Track, "supplier", why="a sum of experiences, reckoned again with the awards")
leave(Trait, "supplier", why="a sum of experiences, reckoned again with the awards")
