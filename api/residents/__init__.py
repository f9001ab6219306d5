"""Residents: people known by their addresses and consents, never by name."""
