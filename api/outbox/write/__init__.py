"""Queueing messages to one person: replies, notifications, test messages."""
