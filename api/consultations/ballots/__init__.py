"""Ballots: casting, changing, merging and anonymising them."""
