"""What became of a campaign: its page, progress, report and recipients."""
