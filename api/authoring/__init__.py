"""What staff write for residents, as residents will read it: drafts of consultations, and words for options."""
