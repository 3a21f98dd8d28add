"""Imports from the page (docs/import.md): a file deposited, its columns, its rows checked, written, undone; a worker does the long steps.

What a row means and what is written is `suppliers.importing`'s alone: the command and the page share it.
"""
