"""The outbox: every message that leaves, as a row, until its outcome is known."""
