"""What staff write for residents, shown to them as residents will read it: drafts, and words of options."""
