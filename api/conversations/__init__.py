"""The conversation with one address: its row, what it remembers, and for how long."""
