"""What follows an enterprise where two become one (`web.carriers`)."""

from django.utils.translation import gettext as _

from buyers.models import Need
from marketplace.dealings.models import (
    ConsortiumMember,
    Decline,
    Inquiry,
    InquiryRecipient,
    Interest,
    NeedDecision,
    NeedInvitation,
    NeedQuestion,
    OwnList,
    OwnListRow,
    Quote,
    Shortlist,
    ShortlistEntry,
    SuggestedNotice,
    Visits,
    VisitWords,
)
from marketplace.web.carriers import carry, forbid, leave
from suppliers.models import Supplier


def quote_that_waits(supplier: int) -> str:
    """A quote is sealed for its supplier alone: moved, it would open nothing."""
    waiting = Quote.objects.filter(supplier=supplier, need__status=Need.Status.PUBLISHED)
    if not waiting.exists():
        return ""
    return _(
        "La fiche qui disparaîtrait a une proposition pour un besoin qui n’est pas décidé. Réunissez les fiches après la"
        " décision, ou gardez plutôt cette fiche-là."
    )


for _model in (
    ConsortiumMember,
    Decline,
    InquiryRecipient,
    Interest,
    NeedInvitation,
    NeedQuestion,
    SuggestedNotice,
    Visits,
    VisitWords,
    OwnListRow,
    ShortlistEntry,
):
    carry(_model, "supplier")
leave(Quote, "supplier", why="its key is made of its supplier (`need_exchanges.sealing`)")
forbid(Supplier, quote_that_waits)
for _model in (Inquiry, NeedDecision, OwnList, Shortlist):
    carry(_model, "organisation")
