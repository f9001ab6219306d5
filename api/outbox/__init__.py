"""The outbox: every outgoing message as a row, until its outcome is known."""
