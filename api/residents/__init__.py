"""Residents, who are known by their phone number or chat and by what they agreed to, never by name."""
