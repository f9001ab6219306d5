"""The record of staff acts: one hash chain of rows that nobody can change, and signed checkpoints of it."""
