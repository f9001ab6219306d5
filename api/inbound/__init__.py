"""Incoming messages, each handled once."""
