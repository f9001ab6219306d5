"""Clocks that can be trusted: what cannot be undone waits while this one has run away from the others."""
