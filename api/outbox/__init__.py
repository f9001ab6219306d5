"""The outbox: a database row for every outgoing message, kept until it is known what became of the message."""
