"""Read-only counts of what residents answered."""
