"""A matchmaking event, who comes, whom they wish to meet, and the meetings that follow."""

from .event import COMING, Block, MatchmakingEvent, Slot, State
from .meeting import Meeting, Plan
from .participation import Participation, Side, Wish

__all__ = [
    "COMING",
    "Block",
    "MatchmakingEvent",
    "Meeting",
    "Participation",
    "Plan",
    "Side",
    "Slot",
    "State",
    "Wish",
]
