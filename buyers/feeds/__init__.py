"""Notices that arrive by themselves: which files a source has, fetching and importing them, how each source fares."""
