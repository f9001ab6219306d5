"""The Region: its places and themes, and looking both up by name."""
