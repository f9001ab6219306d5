"""Receipts: looking them up, and the list published at closing."""
