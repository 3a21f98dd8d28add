"""Tenders from OCDS 1.1 release packages, SEAO's dialect first: `importer.import_tenders` (docs/import.md)."""
