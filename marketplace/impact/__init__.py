"""What the purchases changed. Reserved: its first capability lands in a later release."""
