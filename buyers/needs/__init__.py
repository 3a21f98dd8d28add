"""Needs that buyers post by themselves: writing, publishing, changing, listing them."""
