"""Detect clock jumps, and pause jobs that cannot be undone until the clocks agree."""
