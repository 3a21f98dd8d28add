"""Programmes, cohorts, workshops and coaching. Reserved: its first capability lands in a later release."""
