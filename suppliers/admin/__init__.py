"""The suppliers' part of the back room: the list, the sheet with its decisions, the queue, bulk moves, export."""

from suppliers.admin import decisions, supplier

__all__ = ["decisions", "supplier"]
