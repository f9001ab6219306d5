"""What became of a campaign: its page for staff, its progress, its report and its recipients."""
