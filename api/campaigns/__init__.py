"""Campaigns: one text in three languages to an audience, with a purpose."""
