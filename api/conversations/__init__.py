"""The stored state of each conversation: its table, what it remembers about the person, and for how long."""
