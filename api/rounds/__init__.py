"""Votes on proposals: made of them, and closed, so that each proposal learns what became of it."""
