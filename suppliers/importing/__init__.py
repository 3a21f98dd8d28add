"""Suppliers from files (docs/import.md): `importer` reads, `mappings` understands the rows, `writer` compares and writes."""
