"""Suppliers from files: `importer.import_suppliers` reads, compares and writes; docs/import.md says what it accepts."""
