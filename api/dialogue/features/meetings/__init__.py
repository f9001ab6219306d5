"""Meetings: lists the upcoming ones, gives seats, and asks whether the minutes are right."""
