"""What buyers and suppliers do about a match, each in a module of its own."""

from .declines import Decline, DeclineQuerySet
from .inquiries import Inquiry, InquiryFile, InquiryMessage, InquiryRecipient, InquiryReport
from .own_lists import OwnList, OwnListCategory, OwnListQuerySet, OwnListRow, OwnListRowQuerySet

__all__ = [
    "Decline",
    "DeclineQuerySet",
    "Inquiry",
    "InquiryFile",
    "InquiryMessage",
    "InquiryRecipient",
    "InquiryReport",
    "OwnList",
    "OwnListCategory",
    "OwnListQuerySet",
    "OwnListRow",
    "OwnListRowQuerySet",
]
