"""Incoming messages: each is handled only once, even if it is received several times."""
