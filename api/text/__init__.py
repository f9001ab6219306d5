"""Texts and tables: normalisation, shortening, text direction, encodings, formats."""
