"""Incoming messages: makes sure that each is handled only once."""
