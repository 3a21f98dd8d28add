"""What we promise about speed and size, measured. `dev.py bench` prints the table; docs/speed.md reads it."""
