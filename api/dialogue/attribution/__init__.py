"""Decides which question a message belongs to if it is late, a reply, an edit or a repetition."""
