"""Plans as files: CSV and OGP's JSON, out and in."""
