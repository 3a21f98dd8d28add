"""How well the matcher ranks, measured on real awards in a database of its own (docs/matching.md)."""
