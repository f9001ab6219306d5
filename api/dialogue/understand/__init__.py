"""Understand residents' messages: pure functions of the text and of what the resident was last asked."""
