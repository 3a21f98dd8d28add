"""The suppliers' part of the back room: the list, the sheet with its decisions, the queue, bulk moves, export."""

from suppliers.admin import claims, decisions, supplier

__all__ = ["claims", "decisions", "supplier"]
