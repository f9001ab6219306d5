"""Decides which question is meant by a late message, a reply, an edit or a message that repeats another."""
