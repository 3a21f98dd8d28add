"""Programmes, cohorts, workshops, and who gets in."""
