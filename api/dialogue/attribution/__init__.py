"""Decides which question is meant by a message that came late, is a reply or an edit, or repeats another message."""
