"""What buyers and suppliers do about a match, each in a module of its own."""

from .declines import Decline, DeclineQuerySet

__all__ = ["Decline", "DeclineQuerySet"]
