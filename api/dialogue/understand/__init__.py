"""Understand what residents write: pure functions of a text and of what was last offered."""
