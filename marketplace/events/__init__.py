"""Matchmaking days: who comes, whom they wish to meet, and the tables and hours at which they do."""
