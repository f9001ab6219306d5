"""Letters to the staff."""
