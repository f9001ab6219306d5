"""Understanding what residents write: pure functions over a text and what was last offered."""
