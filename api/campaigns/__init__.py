"""Campaigns: staff send one text, in three languages, to many residents for a purpose, such as an invitation."""
