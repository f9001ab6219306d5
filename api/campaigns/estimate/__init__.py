"""What a campaign would do: its reach, cost and timeline, and a test of its text."""
