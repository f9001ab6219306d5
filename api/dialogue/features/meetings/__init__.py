"""Meetings: what is coming, seats, minutes."""
