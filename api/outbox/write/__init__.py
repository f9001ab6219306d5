"""Queue messages to one person: replies, notifications and test messages."""
