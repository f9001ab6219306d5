"""Detect clock jumps, and pause irreversible jobs until the clocks agree."""
