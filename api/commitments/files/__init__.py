"""Plans as files: import and export as CSV, export as OGP's JSON."""
