"""Counts of ballots, and which of these counts may be shown."""
