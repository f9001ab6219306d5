"""Writing to the staff."""
