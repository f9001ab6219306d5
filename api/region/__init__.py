"""The Region: its places, its themes, and finding both by name."""
