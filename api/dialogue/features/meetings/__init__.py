"""Meetings: upcoming ones, seats, minutes."""
