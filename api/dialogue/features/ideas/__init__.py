"""Sending in an idea."""
