"""What staff see of a campaign: its page, its progress, the report on it, and its recipients."""
