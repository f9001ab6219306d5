"""Counts of what residents answered. This package only reads."""
