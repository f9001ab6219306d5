"""What a campaign would do: its reach, cost and timeline, and a trial of its text."""
