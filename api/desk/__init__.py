"""Letters: what residents write to the staff of their province, and what the staff answers."""
