"""Backing up all that Maillage keeps, and bringing it back: rows, public media, private files. docs/operations.md tells how."""
