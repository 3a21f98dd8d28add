"""The organiser's part of the back room: an event's settings, who comes, and the grid of the day."""

from marketplace.events.admin import event

__all__ = ["event"]
