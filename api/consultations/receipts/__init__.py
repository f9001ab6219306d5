"""Receipts: how to look them up, and the list published at closing."""
