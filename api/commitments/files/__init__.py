"""Plans as files: import from CSV, and export to CSV or to OGP's JSON."""
