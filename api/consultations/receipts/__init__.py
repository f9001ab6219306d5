"""Receipts: codes by which voters check that their ballot counts, and the list of them that is published at closing."""
