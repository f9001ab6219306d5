"""Residents. They are known by phone number or chat and by what they agreed to, never by name."""
