"""The second factor, the devices that are signed in, and what staff must have before their powers open (adr/0008)."""
