"""Suppliers in /gestion/: `supplier` holds the rows, `views` the pages of curation, `actions` what is decided in bulk."""

from suppliers.admin import empty_search, supplier, triage_sign

__all__ = ["empty_search", "supplier", "triage_sign"]
