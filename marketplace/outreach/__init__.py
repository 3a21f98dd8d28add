"""Finding and following buyers and enterprises. Reserved: its first capability lands in a later release."""
