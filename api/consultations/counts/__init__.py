"""Counts of ballots, and which of them may be shown."""
