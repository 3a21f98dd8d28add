"""What buyers and suppliers do about a match, each in a module of its own."""

from .consortiums import Consortium, ConsortiumMember, ConsortiumMemberQuerySet, ConsortiumQuerySet
from .declines import Decline, DeclineQuerySet
from .inquiries import Inquiry, InquiryFile, InquiryMessage, InquiryRecipient, InquiryReport
from .interests import DatesFeed, Follow, FollowQuerySet, Interest, InterestQuerySet
from .need_exchanges import ContractAnswer, NeedDecision, NeedInvitation, NeedQuestion, Quote
from .notices import AboutNotice
from .outcomes import SuggestedNotice, SuggestedNoticeQuerySet, Visits, VisitWords
from .own_lists import OwnList, OwnListCategory, OwnListQuerySet, OwnListRow, OwnListRowQuerySet
from .shortlists import Shortlist, ShortlistEntry, ShortlistEntryQuerySet, ShortlistQuerySet

__all__ = [
    "AboutNotice",
    "Consortium",
    "ConsortiumMember",
    "ConsortiumMemberQuerySet",
    "ConsortiumQuerySet",
    "ContractAnswer",
    "DatesFeed",
    "Decline",
    "DeclineQuerySet",
    "Follow",
    "FollowQuerySet",
    "Inquiry",
    "InquiryFile",
    "InquiryMessage",
    "InquiryRecipient",
    "InquiryReport",
    "Interest",
    "InterestQuerySet",
    "NeedDecision",
    "NeedInvitation",
    "NeedQuestion",
    "OwnList",
    "OwnListCategory",
    "OwnListQuerySet",
    "OwnListRow",
    "OwnListRowQuerySet",
    "Quote",
    "Shortlist",
    "ShortlistEntry",
    "ShortlistEntryQuerySet",
    "ShortlistQuerySet",
    "SuggestedNotice",
    "SuggestedNoticeQuerySet",
    "VisitWords",
    "Visits",
]
