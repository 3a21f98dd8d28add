"""Tenders from OCDS files of any publisher, SEAO’s dialect first: `importer.import_tenders` (docs/import.md)."""
