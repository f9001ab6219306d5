"""Queue messages to one person: replies, notifications, test messages."""
