"""Whether the directory's search finds who is right: queries of buyers, what is right for each, and the figures."""
