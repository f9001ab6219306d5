"""The stored state of the conversation with one address: its table, what it remembers, and for how long."""
