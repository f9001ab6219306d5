"""Work with texts and tables: normalisation, shortening, text direction, encodings, formats."""
