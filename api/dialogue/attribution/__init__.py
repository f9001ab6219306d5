"""Decides which question a message belongs to, if the message is late, a reply, an edit or a repetition."""
