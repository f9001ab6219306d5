"""Meetings: the upcoming ones, seats, and whether the minutes are right."""
