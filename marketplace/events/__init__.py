"""Matchmaking days of 1:1 meetings at tables. Reserved: its first capability lands in a later release."""
