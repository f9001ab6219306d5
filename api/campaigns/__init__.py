"""Campaigns: one text in three languages to an audience, for a purpose."""
