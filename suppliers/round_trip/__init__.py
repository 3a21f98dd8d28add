"""Listings leave as a workbook, are edited there, and come back: each difference shown, those chosen written (docs/import.md)."""
