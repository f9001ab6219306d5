"""Estimate what a campaign would do: its reach, cost and timeline. Also send a test of its text."""
