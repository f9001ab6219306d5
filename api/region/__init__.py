"""The Region's places and themes, and how to look them up by name."""
