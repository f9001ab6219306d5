"""Texts and tables: normalising, shortening, directions, encodings, formats."""
