"""Decides which question a message belongs to that is late, a reply, an edit or a repetition."""
